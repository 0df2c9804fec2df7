/** The one way of a node: started, ready, closing, closed. */
export interface Lifecycle {
  readonly closing: boolean;
  readonly whenReady: Promise<void>;
  readonly whenClosed: Promise<void>;
  ready(): void;
  close(): void;
  closed(): void;
}

/**
 * `whenReady` rejects where the node is closed before it is ready, and need not be awaited; every step may come
 * twice.
 */
export function createLifecycle(): Lifecycle {
  let closing = false;
  let ready!: () => void;
  let notReady!: (error: Error) => void;
  let closed!: () => void;
  const whenReady = new Promise<void>((resolve, reject) => ([ready, notReady] = [resolve, reject]));
  const whenClosed = new Promise<void>((resolve) => (closed = resolve));
  whenReady.catch(() => undefined); // nobody need ask
  return {
    get closing() {
      return closing;
    },
    whenReady,
    whenClosed,
    ready,
    close: () => {
      closing = true;
      notReady(new Error('the Diameter node was closed before its peers were open'));
    },
    closed,
  };
}
