/** A limit for what WebAssembly takes in this thread: a damaged file may ask for 2 GiB. */

interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** What is used of it: Node's own types leave it out. */
declare const WebAssembly: { Memory: { prototype: Memory } };

const page = 2 ** 16;

/**
 * Lets memories grow to so many bytes. A library that asks for more is told that there is none, as where there is
 * none.
 */
export function limitMemory(bytes: number): void {
  WebAssembly.Memory.prototype.grow = function (this: Memory, pages: number): number {
    if (this.buffer.byteLength + pages * page > bytes) throw new RangeError(`more than ${bytes} bytes are not given`);
    return grow.call(this, pages);
  };
}

const { grow } = WebAssembly.Memory.prototype;
