/** A config with nothing left out. */
export type Complete<Config> = { readonly [Option in keyof Config]-?: NonNullable<Config[Option]> };
