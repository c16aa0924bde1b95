// graphql-codegen over the SDL and every example: generate.mjs SCHEMA EXAMPLES_FOLDER OUTPUT

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { codegen } from "@graphql-codegen/core";
import * as types from "@graphql-codegen/typescript";
import * as operations from "@graphql-codegen/typescript-operations";
import { parse } from "graphql";

const [schema, examples, output] = process.argv.slice(2);

const read = (file) => parse(readFileSync(file, "utf8"));
const names = readdirSync(examples).filter((name) => name.endsWith(".graphql"));

const generated = await codegen({
  filename: output,
  schema: read(schema),
  documents: names.sort().map((name) => ({ location: name, document: read(join(examples, name)) })),
  config: {
    enumsAsTypes: true,
    // Fails at a scalar that is not listed.
    strictScalars: true,
    scalars: {
      Cursor: "string",
      DateTime: "string",
      GeoJSON: "{ type: string; coordinates: unknown }",
      JSON: "unknown",
      UUID: "string",
    },
  },
  pluginMap: { types, operations },
  plugins: [{ types: {} }, { operations: {} }],
});
writeFileSync(output, generated);
