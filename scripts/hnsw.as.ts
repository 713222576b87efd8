// Source of src/core/retrieval/hnsw/hnsw.wasm, in AssemblyScript; how to compile it is in CONTRIBUTING.md.
// Hierarchical navigable small worlds (Malkov & Yashunin 2016, arXiv:1603.09320) over rows of signed bytes.
//
// A row has the direction centre + scale * bytes + error, and its record is the bytes, the scale, and the bias: the
// products of the centre with scale * bytes, and of the row's own direction with the error. The product of two directions
// less |centre|² is then about scaleA * scaleB * (bytesA . bytesB) + biasA + biasB, most nearly so for rows that are near
// to each other: without the errors' part, bytes could not tell apart the rows of a cluster that lies far from the centre.

/** records, and bytes from one to the next */
let records: usize;
let recordBytes: usize;
/** bytes of a record that are numbers, a multiple of 32 */
let numbers: usize;
let centre: usize;
/** links on the lowest level: a count, then room for 2 * room nodes; on those above: a count, then `room` nodes */
let room: u32;
let lowest: usize;
let upperAt: usize;
let upper: usize;
let levels: usize;
let nodes: u32;
/** the order in which nodes are linked */
let order: usize;
// each thread's own
/** a row of 32-bit numbers to be made bytes or a query */
let input: usize;
let query: usize;
let visited: usize;
/** candidates, most similar first: similarity, node; the node's highest bit says that its links were followed */
let pool: usize;
let chosen: usize;
let sorted: usize;
let unseen: usize;

let entry: u32 = 0;
let top: i32 = -1;
let found: u32 = 0;
let stamp: u32 = 0;
let queryScale: f32 = 1;
/** keeps reads that only bring memory near */
export let touched: u64 = 0;

const followed: u32 = 0x80000000;
/** candidates kept on the levels above the one that is searched: with one alone, whole clusters are passed by */
const beam: u32 = 8;

export function shared(
  records_: usize,
  recordBytes_: usize,
  numbers_: usize,
  centre_: usize,
  room_: u32,
  lowest_: usize,
  upperAt_: usize,
  upper_: usize,
  levels_: usize,
  nodes_: u32,
  order_: usize,
): void {
  records = records_;
  recordBytes = recordBytes_;
  numbers = numbers_;
  centre = centre_;
  room = room_;
  lowest = lowest_;
  upperAt = upperAt_;
  upper = upper_;
  levels = levels_;
  nodes = nodes_;
  order = order_;
}

export function own(
  input_: usize,
  query_: usize,
  visited_: usize,
  pool_: usize,
  chosen_: usize,
  sorted_: usize,
  unseen_: usize,
): void {
  input = input_;
  query = query_;
  visited = visited_;
  pool = pool_;
  chosen = chosen_;
  sorted = sorted_;
  unseen = unseen_;
}

export function enter(node: u32, level: i32): void {
  entry = node;
  top = level;
}
export function entryNode(): u32 {
  return entry;
}
export function topLevel(): i32 {
  return top;
}

function record(node: u32): usize {
  return records + <usize>node * recordBytes;
}
function scaleOf(node: u32): f32 {
  return load<f32>(record(node) + numbers);
}
function biasOf(node: u32): f32 {
  return load<f32>(record(node) + numbers + 4);
}
function sum(x: v128): i32 {
  return i32x4.extract_lane(x, 0) + i32x4.extract_lane(x, 1) + i32x4.extract_lane(x, 2) + i32x4.extract_lane(x, 3);
}

/** The input, of length 1, as the record of a node. */
export function write(node: u32): void {
  const to = record(node);
  let largest: f32 = 0;
  for (let i: usize = 0; i < numbers; i++) {
    const x = load<f32>(input + (i << 2)) - load<f32>(centre + (i << 2));
    largest = max(largest, abs(x));
  }
  const scale = max<f32>(largest / 127, 1e-30);
  let bias: f32 = 0;
  for (let i: usize = 0; i < numbers; i++) {
    const c = load<f32>(centre + (i << 2));
    const x = load<f32>(input + (i << 2));
    const byte = nearest((x - c) / scale);
    store<i8>(to + i, <i8>byte);
    bias += byte * scale * c + (x - c - byte * scale) * x;
  }
  store<f32>(to + numbers, scale);
  store<f32>(to + numbers + 4, bias);
}

/** The input, of length 1, as what is looked for, in numbers up to `largestNumber`. */
export function ask(largestNumber: f32): void {
  let largest: f32 = 0;
  for (let i: usize = 0; i < numbers; i++)
    largest = max(largest, abs(load<f32>(input + (i << 2)) - load<f32>(centre + (i << 2))));
  queryScale = max<f32>(largest / largestNumber, 1e-30);
  for (let i: usize = 0; i < numbers; i++) {
    const x = load<f32>(input + (i << 2)) - load<f32>(centre + (i << 2));
    store<i16>(query + (i << 1), <i16>nearest(x / queryScale));
  }
}

function askFor(node: u32): void {
  const from = record(node);
  for (let i: usize = 0; i < numbers; i += 16) {
    const bytes = v128.load(from + i);
    v128.store(query + (i << 1), i16x8.extend_low_i8x16_s(bytes));
    v128.store(query + (i << 1) + 16, i16x8.extend_high_i8x16_s(bytes));
  }
  queryScale = scaleOf(node);
}

/** How similar a node is to what is looked for, but for what all nodes have in common. */
function similarity(node: u32): f32 {
  let a = record(node);
  let q = query;
  let x = i32x4.splat(0);
  let y = i32x4.splat(0);
  for (const end = a + numbers; a < end; a += 32, q += 64) {
    const v = v128.load(a);
    const w = v128.load(a, 16);
    x = i32x4.add(x, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(v), v128.load(q)));
    y = i32x4.add(y, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(v), v128.load(q, 16)));
    x = i32x4.add(x, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(w), v128.load(q, 32)));
    y = i32x4.add(y, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(w), v128.load(q, 48)));
  }
  return <f32>sum(i32x4.add(x, y)) * queryScale * load<f32>(a) + load<f32>(a, 4);
}

/** The similarity of two nodes, but for what all pairs have in common. */
function pairSimilarity(i: u32, j: u32): f32 {
  let a = record(i);
  let b = record(j);
  let x = i32x4.splat(0);
  let y = i32x4.splat(0);
  for (const end = a + numbers; a < end; a += 16, b += 16) {
    const v = v128.load(a);
    const w = v128.load(b);
    x = i32x4.add(x, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(v), i16x8.extend_low_i8x16_s(w)));
    y = i32x4.add(y, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(v), i16x8.extend_high_i8x16_s(w)));
  }
  return <f32>sum(i32x4.add(x, y)) * load<f32>(a) * load<f32>(b) + load<f32>(a, 4) + load<f32>(b, 4);
}

/** Reads something of each line of a record, so that several come from far memory at a time. */
function touch(node: u32): u64 {
  let a = record(node);
  let seen: u64 = 0;
  for (const end = a + numbers; a < end; a += 64) seen |= load<u64>(a);
  return seen | load<u64>(record(node) + numbers);
}

function linksOf(node: u32, level: i32): usize {
  if (level === 0) return lowest + <usize>node * ((2 * room + 1) << 2);
  const at = <usize>load<u32>(upperAt + ((<usize>node) << 2)) + <usize>(level - 1) * (room + 1);
  return upper + (at << 2);
}

/** Puts a candidate in its place. @returns its place */
function offer(node: u32, value: f32, most: u32): u32 {
  let at = pool + ((<usize>(found < most ? found : most - 1)) << 3);
  if (found < most) found++;
  while (at > pool && load<f32>(at - 8) < value) {
    store<u64>(at, load<u64>(at - 8));
    at -= 8;
  }
  store<f32>(at, value);
  store<u32>(at + 4, node);
  return <u32>((at - pool) >> 3);
}

function nextStamp(): void {
  stamp++;
  if (stamp <= 0xffff) return;
  memory.fill(visited, 0, (<usize>nodes) << 1);
  stamp = 1;
}

/** The pool holds one node. */
function begin(node: u32): void {
  nextStamp();
  store<u16>(visited + ((<usize>node) << 1), <u16>stamp);
  store<f32>(pool, similarity(node));
  store<u32>(pool + 4, node);
  found = 1;
}

/** Follows the links of the best candidates until those of the best `most` are all followed. */
function explore(level: i32, most: u32): void {
  let place: u32 = 0;
  while (place < found) {
    const at = pool + ((<usize>place) << 3);
    const node = load<u32>(at + 4);
    if (node & followed) {
      place++;
      continue;
    }
    store<u32>(at + 4, node | followed);
    const end = gatherUnseen(linksOf(node, level));
    let next = place + 1;
    let seen: u64 = 0;
    for (let p = unseen; p < end; p += 4) {
      const other = load<u32>(p);
      const value = similarity(other);
      if (found === most && value <= load<f32>(pool + ((<usize>(most - 1)) << 3))) continue;
      seen |= load<u32>(linksOf(other, level));
      next = min(next, offer(other, value, most));
    }
    touched = seen;
    place = next;
  }
}

/** @returns where the list of the linked nodes that were not seen yet ends */
function gatherUnseen(links: usize): usize {
  let end = unseen;
  let seen: u64 = 0;
  const last = links + ((<usize>load<u32>(links)) << 2);
  for (let p = links + 4; p <= last; p += 4) {
    const node = load<u32>(p);
    const mark = visited + ((<usize>node) << 1);
    if (load<u16>(mark) === <u16>stamp) continue;
    store<u16>(mark, <u16>stamp);
    store<u32>(end, node);
    end += 4;
    seen |= touch(node);
  }
  touched = seen;
  return end;
}

/** The pool's candidates, as the places where the search of another level begins. */
function reopen(): void {
  nextStamp();
  for (let i: u32 = 0; i < found; i++) {
    const at = pool + ((<usize>i) << 3) + 4;
    const node = load<u32>(at) & ~followed;
    store<u32>(at, node);
    store<u16>(visited + ((<usize>node) << 1), <u16>stamp);
  }
}

/** Fills the pool with places where a search of `level` begins. */
function descend(level: i32): void {
  begin(entry);
  for (let l = top; l > level; l--) {
    explore(l, beam);
    reopen();
  }
}

/** Looks for what `ask` was told. @returns how many candidates the pool holds */
export function search(most: u32): u32 {
  if (top < 0) return 0;
  descend(0);
  explore(0, max(most, beam));
  return found;
}

/**
 * Of candidates around a node, sorted, those that are nearer to it than to any chosen before them. `bias` is what their
 * values lack to be pairs' similarities. Nodes that equal it get half of the room at most: many copies of one row, linked
 * to each other alone, could not be reached.
 */
function choose(around: u32, candidates: usize, count: u32, bias: f32, most: u32): u32 {
  const equal = pairSimilarity(around, around);
  let equalsLeft = most >> 1;
  let k: u32 = 0;
  for (let i: u32 = 0; i < count && k < most; i++) {
    const at = candidates + ((<usize>i) << 3);
    const value = load<f32>(at) + bias;
    const node = load<u32>(at + 4) & ~followed;
    if (value >= equal) {
      if (equalsLeft === 0) continue;
      equalsLeft--;
    }
    let apart = true;
    for (let j: u32 = 0; j < k && apart; j++)
      apart = pairSimilarity(node, load<u32>(chosen + ((<usize>j) << 2))) <= value;
    if (!apart) continue;
    store<u32>(chosen + ((<usize>k) << 2), node);
    k++;
  }
  return k;
}

function writeLinks(links: usize, count: u32): void {
  store<u32>(links, count);
  memory.copy(links + 4, chosen, (<usize>count) << 2);
}

/** Finds the links of a node in the graph as it is, which is not changed otherwise. */
export function connect(node: u32, most: u32): void {
  const level = <i32>load<u8>(levels + node);
  if (top < 0) return;
  askFor(node);
  descend(level);
  for (let l = min(level, top); l >= 0; l--) {
    explore(l, max(most, beam));
    writeLinks(linksOf(node, l), choose(node, pool, found, biasOf(node), room));
    reopen();
  }
}

/** Links back to the nodes order[from] up to order[to], for those nodes whose turn it is: every `parts`th. */
export function linkBack(from: u32, to: u32, part: u32, parts: u32): void {
  for (let i = from; i < to; i++) {
    const node = load<u32>(order + ((<usize>i) << 2));
    for (let l = min(<i32>load<u8>(levels + node), top); l >= 0; l--) {
      const links = linksOf(node, l);
      const last = links + ((<usize>load<u32>(links)) << 2);
      for (let p = links + 4; p <= last; p += 4) {
        const other = load<u32>(p);
        if (other % parts === part) linkTo(other, node, l);
      }
    }
  }
}

function linkTo(node: u32, other: u32, level: i32): void {
  const most: u32 = level === 0 ? 2 * room : room;
  const links = linksOf(node, level);
  const count = load<u32>(links);
  if (count < most) {
    store<u32>(links + 4 + ((<usize>count) << 2), other);
    store<u32>(links, count + 1);
    return;
  }
  for (let i: u32 = 0; i <= count; i++) {
    const one = i < count ? load<u32>(links + 4 + ((<usize>i) << 2)) : other;
    const value = pairSimilarity(node, one);
    let at = sorted + ((<usize>i) << 3);
    while (at > sorted && load<f32>(at - 8) < value) {
      store<u64>(at, load<u64>(at - 8));
      at -= 8;
    }
    store<f32>(at, value);
    store<u32>(at + 4, one);
  }
  writeLinks(links, choose(node, sorted, count + 1, 0, most));
}

/** The highest of the nodes order[from] up to order[to] becomes the entry if it is higher than that. */
export function promote(from: u32, to: u32): void {
  for (let i = from; i < to; i++) {
    const node = load<u32>(order + ((<usize>i) << 2));
    const level = <i32>load<u8>(levels + node);
    if (level <= top) continue;
    top = level;
    entry = node;
  }
}

/** Which of the `count` nodes in a list is most similar to `node`. */
export function nearestOf(node: u32, list: usize, count: u32): u32 {
  askFor(node);
  let best: u32 = 0;
  let value = similarity(load<u32>(list));
  for (let i: u32 = 1; i < count; i++) {
    const x = similarity(load<u32>(list + ((<usize>i) << 2)));
    if (x <= value) continue;
    value = x;
    best = i;
  }
  return best;
}
