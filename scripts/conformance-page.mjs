// docs/kernel-conformance.md: what the kernels were asked, how each answered, and what it means where one fails.

/** Each part of jupyter_kernel_test: its name for people, and what a user misses where it fails. */
const meanings = {
  test_kernel_info: ["kernel information", "front ends cannot be sure which protocol and language the kernel speaks"],
  test_execute_stdout: ["standard output", "printed text is missing, or comes too late for its cell"],
  test_execute_stderr: ["standard error", "warnings are missing, or cannot be told from other output"],
  test_execute_result: [
    "results",
    "a cell's value is not a numbered result: `Out[3]`, nbconvert and papermill miss it",
  ],
  test_display_data: ["rich output", "pictures, HTML and figures do not appear"],
  test_clear_output: ["clearing output", "a progress display cannot replace itself: it fills the page"],
  test_error: [
    "errors",
    "a cell that fails is not marked: programs that run notebooks go on, or cannot say why they stop",
  ],
  test_completion: ["completion", "the list after a dot is empty or wrong"],
  test_inspect: ["inspection", "Shift-Tab shows nothing about the name at the cursor"],
  test_is_complete: ["complete or not", "a console cannot tell Enter for the next line from Enter for running"],
  test_history: ["history", "a console cannot bring back or search earlier cells"],
  test_pager: ["pager", "help cannot open beside the notebook instead of inside it"],
  test_recv_iopub_welcome_msg: ["welcome", "a front end cannot know from when on it misses no output"],
};

/** The parts' names for people. */
export const partNames = Object.fromEntries(Object.entries(meanings).map(([part, [name]]) => [part, name]));

const marks = { passed: "passed", failed: "**failed**", skipped: "*not offered*" };
const cell = (text) => text.replaceAll("|", "\\|").replaceAll(/[<>]/g, (sign) => (sign === "<" ? "&lt;" : "&gt;"));

function table(header, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}

function reasons({ title, parts }) {
  const failed = Object.keys(meanings).filter((part) => parts[part].status === "failed");
  // two marks around it, since what is asked may hold one
  const lines = failed.map((part) => `- ${partNames[part]}: \`\` ${parts[part].reason} \`\``);
  return failed.length === 0 ? [] : [`### ${title}\n\n${lines.join("\n")}`];
}

/**
 * The page as Markdown.
 *
 * @param results one a kernel: `{title, parts: {NAME: {status, reason}}}`
 * @param versions of what asked them, by name
 */
export function conformancePage(results, versions) {
  const rows = Object.entries(meanings).map(([part, [name, meaning]]) => {
    return [name, ...results.map(({ parts }) => marks[parts[part].status]), cell(meaning)];
  });
  const passed = ({ parts }) => Object.keys(meanings).filter((part) => parts[part].status === "passed").length;
  const sums = ["**passed**", ...results.map((r) => `**${passed(r)} of ${rows.length}**`), ""];
  const asked = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `# How well the kernel speaks Jupyter's protocol

[jupyter_kernel_test](https://github.com/jupyter/jupyter_kernel_test) is the Jupyter project's own test of kernels. Here it asks three kernels that run TypeScript, with every optional part switched on; the code that each part runs is in \`test/conformance/samples.json\`, the same for all wherever their languages allow. A part has several samples and passes when all of them do. *Not offered* means that the kernel's cells have no way to ask for such a thing.

${table(["part", ...results.map(({ title }) => title), "where it fails"], [...rows, sums])}

Asked by ${asked.join(", ")}. \`node scripts/conformance.mjs --compare\` asks again and writes this page; \`npm run test:conformance\` asks patchlab alone.

## Why parts failed

${results.flatMap(reasons).join("\n\n")}
`;
}
