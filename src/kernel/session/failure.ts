/** Errors as the content of a reply. */

export interface Failure extends Record<string, unknown> {
  readonly status: "error";
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

/** Something that the kernel itself could not do, or that a front end asked for in a way that nobody can answer. */
function failure(ename: string, evalue: string): Failure {
  return { status: "error", ename, evalue, traceback: [`${ename}: ${evalue}`] };
}

/** An exception of the kernel's own code. */
export function failureOf(error: unknown): Failure {
  return error instanceof Error ? failure(error.name, error.message) : failure("Error", String(error));
}
