import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { closeAllSockets } from './native-socket.ts';
import {
  currentNamespace,
  enter,
  enterNewNamespace,
  forgetNamespaces,
  type NetworkNamespace,
  whyNoNamespaces,
} from './network-namespace.ts';

/** What a test prepares before the wait that all tests of its file share, and what it finds afterwards. */
export interface Scene {
  /** In a network namespace of its own. */
  prepare(): void;
}

/**
 * Runs tests of the suite that it is called in (or of the file) in network namespaces that have been prepared, one for
 * each scene, before all tests; then they all grow older together. Skips the tests, and says why, where no namespace can
 * be made.
 *
 * @param scenes those of all tests: what is added while the suite is read is prepared too
 * @returns goes to a scene's namespace, until the test ends
 */
export function usesScenes(scenes: readonly Scene[], waitMs: number): (scene: Scene) => void {
  const reason = whyNoNamespaces();
  const namespaces = new Map<Scene, NetworkNamespace>();
  let home: NetworkNamespace | undefined;
  const leave = (): void => {
    if (home !== undefined) enter(home);
  };
  beforeAll(async () => {
    if (reason !== undefined) return;
    home = currentNamespace();
    for (const scene of scenes) {
      enterNewNamespace();
      namespaces.set(scene, currentNamespace());
      scene.prepare();
    }
    leave();
    await sleep(waitMs);
  });
  beforeEach(({ skip }) => {
    if (reason !== undefined) skip(reason);
  });
  afterEach(leave);
  afterAll(() => {
    closeAllSockets();
    forgetNamespaces();
  });
  return (scene) => {
    const namespace = namespaces.get(scene);
    if (namespace === undefined) throw new Error('this scene was not prepared');
    enter(namespace);
  };
}
