// Judges answers as a browser does: judge.mjs TRIALS, where each trial is {schema, answers}.
// Writes a JSON array with one verdict for each.

import { readFileSync } from "node:fs";

import { Validator } from "@cfworker/json-schema";

const trials = JSON.parse(readFileSync(process.argv[2], "utf8"));
const verdicts = trials.map(
  ({ schema, answers }) => new Validator(schema, "2020-12", false).validate(answers).valid,
);
process.stdout.write(JSON.stringify(verdicts));
