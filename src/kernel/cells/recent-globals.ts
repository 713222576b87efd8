/** Functions of today's JavaScript that the oldest Node we run on (20.19) lacks, though cells are typed with them. */

function group<K, T>(items: Iterable<T>, key: (item: T, index: number) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  let index = 0;
  for (const item of items) {
    const name = key(item, index++);
    const members = groups.get(name);
    if (members) members.push(item);
    else groups.set(name, [item]);
  }
  return groups;
}

function groupBy<T>(items: Iterable<T>, key: (item: T, index: number) => PropertyKey): Record<PropertyKey, T[]> {
  const record: Record<PropertyKey, T[]> = Object.create(null);
  for (const [name, members] of group(items, (item, index) => toKey(key(item, index)))) record[name] = members;
  return record;
}

/** As a property's name, so that 1 and "1" are one group. */
function toKey(key: unknown): PropertyKey {
  return typeof key === "symbol" ? key : String(key);
}

function withResolvers<T>(this: PromiseConstructor): object {
  let resolve!: (value: T | PromiseLike<T>) => void;
  let reject!: (reason?: unknown) => void;
  const promise = new this<T>((res, rej) => {
    resolve = res;
    reject = rej;
  });
  return { promise, resolve, reject };
}

/** Adds `name` unless this Node has it, as a property like the language's own. */
function add(target: object, name: string, value: unknown): void {
  if (!(name in target)) Object.defineProperty(target, name, { value, writable: true, configurable: true });
}

/**
 * Adds what is missing of ES2024: `Object.groupBy`, `Map.groupBy` and `Promise.withResolvers`.
 *
 * @see https://tc39.es/ecma262/2024/
 */
export function addRecentGlobals(): void {
  add(Object, "groupBy", groupBy);
  add(Map, "groupBy", group);
  add(Promise, "withResolvers", withResolvers);
}
