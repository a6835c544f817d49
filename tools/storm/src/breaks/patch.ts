/** How a fault that was put back is taken away again. */
export type Undo = () => void;

type Method = (this: unknown, ...given: never[]) => unknown;

/**
 * Replaces a method of a class, private ones too, for every instance there is and will be: the product knows nothing of
 * it.
 * @throws Error when the class has no such method any more: then the fault must be put back in another place
 */
export function patched<T extends object>(
  of: { readonly prototype: T; readonly name: string },
  method: string,
  replacement: (original: (self: T, ...given: never[]) => unknown) => (self: T, ...given: never[]) => unknown,
): Undo {
  const prototype = of.prototype as Record<string, Method>;
  const original = prototype[method];
  if (typeof original !== 'function') throw new Error(`${of.name} has no method ${method} any more`);
  const wrapped = replacement((self, ...given) => original.apply(self, given));
  prototype[method] = function broken(this: unknown, ...given: never[]) {
    return wrapped(this as T, ...given);
  };
  return () => {
    prototype[method] = original;
  };
}
