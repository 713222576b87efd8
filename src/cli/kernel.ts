/** `patchlab kernel install|uninstall`: makes TypeScript notebooks known to Jupyter. */
import { Command, Option } from "commander";
import { installKernel, type KernelLocation, uninstallKernel } from "../kernel/install.js";

interface Options extends KernelLocation {
  json?: boolean;
  force?: boolean;
}

export function kernelCommand(): Command {
  const kernel = new Command("kernel").description("install or remove the Jupyter kernel that runs TypeScript cells");
  const verb = (name: string, description: string) =>
    kernel
      .command(name)
      .description(description)
      .option("--prefix <dir>", "below this folder (DIR/share/jupyter) instead of the user's own")
      .addOption(
        new Option("--sys-prefix", "into the Python environment that is active in this shell").conflicts("prefix"),
      )
      .option("--json", "print the result as JSON");
  verb("install", "tell Jupyter of the patchlab kernel")
    .option("--force", "replace a kernel of the same name that something else installed")
    .action(async ({ json, ...options }: Options) => {
      const installed = await installKernel(options);
      if (json) console.log(JSON.stringify(installed));
      else
        console.log(
          `${installed.replaced ? "Replaced" : "Installed"} the patchlab kernel in ${installed.path}.\nStart JupyterLab and choose "patchlab (TypeScript)".`,
        );
    });
  verb("uninstall", "remove it again").action(async ({ json, ...options }: Options) => {
    const { path, removed } = await uninstallKernel(options);
    if (json) console.log(JSON.stringify({ path, removed }));
    else console.log(removed ? `Removed the patchlab kernel from ${path}.` : `No patchlab kernel in ${path}.`);
  });
  return kernel;
}
