/** By this Node asks an object how it is to be shown, as by `console.log`. Elsewhere it is a name like any other. */
export const inspect: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never;
