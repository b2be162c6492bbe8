import { InjectionToken } from '@angular/core';

/** The name that a token was made with, which Angular shows as `InjectionToken name`. */
export function nameOf(subject: string, token: InjectionToken<unknown>): string {
  if (token instanceof InjectionToken) return token.toString().slice('InjectionToken '.length);
  throw new TypeError(`${subject}: token must be one made by poolToken(), got ${typeof token}`);
}
