import type { RegisteredIdentity, Registration } from './registration.js';

/** The Service-Route of a registration, and the Route that it makes. */
export type ServiceRoute = Pick<Registration, 'serviceRoute' | 'route'>;

const MAX_KEPT = 1000;

class Table<T> {
  readonly #byText = new Map<string, T>();

  get(text: string): T | undefined {
    return this.#byText.get(text);
  }

  /** `text` is no piece of a message, which would keep all of it. Gives `value`. */
  keep(text: string, value: T): T {
    if (this.#byText.size < MAX_KEPT) {
      this.#byText.set(text, value);
    }
    return value;
  }
}

/**
 * What very many registrations of one P-CSCF have in common, kept once, by its text: operators have few wildcarded identities
 * and few S-CSCFs, and their users are many. The first 1000 of each; what comes after them each registration has for itself.
 */
export class KeptOnce {
  readonly wildcarded = new Table<RegisteredIdentity>();
  readonly serviceRoutes = new Table<ServiceRoute>();
}
