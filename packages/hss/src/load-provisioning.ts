/**
 * Loads what an HSS needs for `ask`, which it otherwise does with the first one: for who must not let time move meanwhile, as it is
 * virtual.
 */
export async function loadProvisioning(): Promise<void> {
  await import('./provisioning/subscriber-changes.js');
  await import('./provisioning/start-provisioning.js');
  await import('fastify');
}
