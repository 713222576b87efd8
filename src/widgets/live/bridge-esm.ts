/**
 * The page's script of a figure's model, which has no view: it enters the model into the directory where the figures'
 * own script (page/kernel.ts) finds it, however late that one comes.
 */
export const bridgeEsm = `const key = Symbol.for("patchlab.kernel");
export default {
  initialize({ model }) {
    const directory = (globalThis[key] ??= { models: new Map() });
    const name = model.get("figure");
    directory.models.set(name, model);
    directory.joined?.(name);
    return () => {
      if (directory.models.get(name) !== model) return;
      directory.models.delete(name);
      directory.left?.(name);
    };
  },
};
`;
