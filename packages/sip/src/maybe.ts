/** Known at once, or later: what is known is not waited for. */
export type Maybe<T> = T | Promise<T>;

/** `then` that does not leave the turn for a value that is known. */
export function chain<T, U>(value: Maybe<T>, next: (value: T) => Maybe<U>): Maybe<U> {
  return value instanceof Promise ? value.then(next) : next(value);
}
