// node check.mjs OWNER/NAME FOLDER FILE…: what GitHub's own parser says of these workflows and actions.
// A workflow that a job calls from OWNER/NAME is read below FOLDER, at whatever version the job names.
// This is what @actions/languageserver asks for every file that an editor opens.
import { readFileSync } from "node:fs";
import { register } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

// The package imports JSON without saying so, which bundlers forgive and Node does not.
const json = `export const load = (url, context, next) =>
  next(url, url.endsWith(".json") ? { ...context, importAttributes: { type: "json" } } : context);`;
register(`data:text/javascript,${encodeURIComponent(json)}`);
const { validate } = await import("@actions/languageservice/validate");
const { registerLogger } = await import("@actions/languageservice/log");
const { TextDocument } = await import("vscode-languageserver-textdocument");

const [called, folder, ...files] = process.argv.slice(2);
let found = 0;

function tell(text) {
  console.log(text);
  found += 1;
}

// It logs what goes wrong within itself, and would find nothing wrong with the file.
registerLogger({ error: tell, warn: tell, info() {}, log() {} });

const fileProvider = {
  async getFileContent(reference) {
    const repository = reference.owner ? `${reference.owner}/${reference.repository}` : called;
    if (repository !== called) throw new Error(`${repository} is not here`);
    return { name: reference.path, content: readFileSync(join(folder, reference.path), "utf-8") };
  },
};

for (const file of files) {
  const text = readFileSync(file, "utf-8");
  const document = TextDocument.create(pathToFileURL(file).href, "yaml", 1, text);
  for (const one of await validate(document, { fileProvider })) {
    tell(`${file}:${one.range.start.line + 1}: ${one.message}`);
  }
}
process.exitCode = found ? 1 : 0;
