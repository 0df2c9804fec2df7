/** A function that remembers what it made of its first `max` arguments: for the few texts that come again and again. */
export function memo<T>(max: number, make: (text: string) => T): (text: string) => T {
  const made = new Map<string, T>();
  return (text) => {
    let result = made.get(text);
    if (result === undefined) {
      result = make(text);
      if (made.size < max) made.set(text, result);
    }
    return result;
  };
}
