// A front-end on the generated types. Every `@ts-expect-error` is a mistake that they have to find.

import type {
  FormAnswersInput,
  HazardQuery,
  HazardUpdatesSubscription,
  HazardsPageQuery,
  HazardsPageQueryVariables,
  SubmitShopMutation,
  SubmitShopMutationVariables,
} from "./operations";

export const firstPage: HazardsPageQueryVariables = { under: "370114002" };
export const nextPage: HazardsPageQueryVariables = { under: "370114002", after: "7" };
// @ts-expect-error: `under` is required
export const nowhere: HazardsPageQueryVariables = { after: "7" };

export function rows(page: HazardsPageQuery): string[] {
  return page.hazards.edges.map(({ node }) => {
    const place: string = node.place?.name ?? node.grid.community.name;
    const left: number = node.daysLeft ?? 0;
    const last = node.events.edges[0]?.node.kind === "CLOSED" ? "closed" : "open";
    // @ts-expect-error: a hazard need not be at a place
    const certain: string = node.place.name;
    // @ts-expect-error: not asked for
    const note = node.description;
    return [node.title, node.severity, place, left, last, certain, note].join(" ");
  });
}

export function exitIsClear(found: HazardQuery): boolean | null {
  const answers = found.hazard?.submission?.answers;
  if (answers?.__typename !== "NineSmallPlacesShopV1") {
    return null;
  }
  // @ts-expect-error: the checklist has no such answer
  if (answers.exitClear === "PERHAPS") {
    return null;
  }
  return answers.exitClear === "OK";
}

export const checklist: SubmitShopMutationVariables = {
  clientId: "5c1f1a52-7f0e-4a1c-9a43-0d1b8f3f8a11",
  placeId: "Place:1",
  answers: { exitClear: "NOT_OK", extinguisherOk: "OK", remark: "货物堵住了门" },
};
export const misspelt: SubmitShopMutationVariables = {
  ...checklist,
  // @ts-expect-error: the checklist has no such question
  answers: { exitClean: "OK" },
};
// @ts-expect-error: exactly one form version
export const twice: FormAnswersInput = { nineSmallPlacesShopV1: {}, satisfactionV1: {} };

export function complaints(outcome: SubmitShopMutation): string[] {
  return outcome.submitForm.problems.map(({ code, path, message }) =>
    code === "NOT_FOUND" ? message : `${path ?? ""}: ${message}`,
  );
}

export function cursorOf(update: HazardUpdatesSubscription): string {
  return update.hazardUpdates.cursor;
}
