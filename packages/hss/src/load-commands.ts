/**
 * Loads what an HSS needs for `command`, which it otherwise does with the first one: for who cannot wait for a disk then, as
 * its time is virtual.
 */
export async function loadCommands(): Promise<void> {
  await import('./provisioning/command.js');
  await import('./provisioning/subscriber-changes.js');
}
