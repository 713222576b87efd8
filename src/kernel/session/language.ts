/** What the compiler knows of code that is being written, as Jupyter's replies. */
import type { Completion, Inspection } from "../compiler/compiled-cell.js";
import type { Interpreter } from "../interpreter.js";
import type { CodeAtPlace, RequestContents } from "../wire/requests.js";
import { characterAtOffset, offsetOfCharacter } from "./code-points.js";

type Content = Record<string, unknown>;

/** Front ends that leave the place out mean the end. */
function offsetIn(code: string, character: number | null | undefined): number {
  return character == null ? code.length : offsetOfCharacter(code, character);
}

function completionContent(code: string, { matches, start, end }: Completion): Content {
  const place = { start: characterAtOffset(code, start), end: characterAtOffset(code, end) };
  const types = matches.map(({ text, kind, signature }) => {
    return { text, type: kind, ...place, ...(signature === undefined ? {} : { signature }) };
  });
  return {
    status: "ok",
    matches: matches.map(({ text }) => text),
    cursor_start: place.start,
    cursor_end: place.end,
    // JupyterLab shows what kind each match is by this
    metadata: { _jupyter_types_experimental: types },
  };
}

/** Documentation by MIME type. */
function inspectionData({ signature, documentation }: Inspection): Record<string, string> {
  const after = documentation === "" ? "" : `\n\n${documentation}`;
  return { "text/plain": `${signature}${after}`, "text/markdown": `\`\`\`typescript\n${signature}\n\`\`\`${after}` };
}

export async function completeReply(interpreter: Interpreter, { code, cursor_pos }: CodeAtPlace): Promise<Content> {
  return completionContent(code, await interpreter.complete(code, offsetIn(code, cursor_pos)));
}

export async function inspectReply(interpreter: Interpreter, { code, cursor_pos }: CodeAtPlace): Promise<Content> {
  const found = await interpreter.inspect(code, offsetIn(code, cursor_pos));
  return { status: "ok", found: found !== undefined, data: found ? inspectionData(found) : {}, metadata: {} };
}

export async function isCompleteReply(
  interpreter: Interpreter,
  { code }: RequestContents["is_complete_request"],
): Promise<Content> {
  return { ...(await interpreter.isComplete(code)) };
}
