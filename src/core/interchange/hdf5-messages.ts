/** What the main thread and the one that reads and writes HDF5 say to each other. */
import type { VectorTable } from "./vector-table.js";

/** `read`: the file's table. `write`: the table into a new file at this path. */
export type Hdf5Job = { read: string } | { write: string; table: VectorTable };

export type Hdf5Answer = { table: VectorTable } | { written: true } | { problem: string };

/** Said after every part of a job, so that one that has come to a halt can be told from a long one. */
export type Hdf5Sign = { alive: true };
