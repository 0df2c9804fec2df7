import type { ServerCapabilities } from '@ims-sim/cx';
import type { Database } from './database.js';
import type { Registration, Subscriber, SubscriberConfig } from './subscriber.js';
import { normalizeIdentity, notRegistered, subscriberOf } from './subscriber.js';

/** What the procedures read: the subscriptions and where each is registered. */
export interface SubscriberView {
  /** Whatever the way a public identity is written (`normalizeIdentity`). */
  byPublicIdentity(identity: string): Subscriber | undefined;
  byPrivateIdentity(identity: string): Subscriber | undefined;
  registrationOf(subscriber: Subscriber): Registration;
}

/** What a procedure wants stored. */
export interface RegistrationChange {
  readonly subscriber: Subscriber;
  readonly registration: Registration;
}

/** What a procedure comes to. */
export interface Outcome<Answer> {
  readonly answer: Answer;
  /** Why, in one line for a reader. */
  readonly reason: string;
  readonly change?: RegistrationChange;
}

/** The subscriptions of the network file, indexed once, and their registrations, kept in a database. */
export class Subscribers implements SubscriberView {
  readonly #byPublicIdentity = new Map<string, Subscriber>();
  readonly #byPrivateIdentity = new Map<string, Subscriber>();
  readonly #database: Database;
  readonly #registrations: Map<string, Registration>;
  /** What is on disk for sure. */
  readonly #stored: Map<string, Registration>;

  /** @throws Error where two subscriptions share an identity. */
  constructor(configs: readonly SubscriberConfig[], defaults: ServerCapabilities, database: Database) {
    this.#database = database;
    this.#registrations = new Map(database.registrations);
    this.#stored = new Map(database.registrations);
    for (const config of configs) this.#add(config, defaults);
  }

  byPublicIdentity(identity: string): Subscriber | undefined {
    return this.#byPublicIdentity.get(identity) ?? this.#byPublicIdentity.get(normalizeIdentity(identity));
  }

  byPrivateIdentity(identity: string): Subscriber | undefined {
    return this.#byPrivateIdentity.get(identity);
  }

  registrationOf(subscriber: Subscriber): Registration {
    return this.#registrations.get(subscriber.privateIdentity) ?? notRegistered;
  }

  /**
   * Makes a change: the procedures see it at once, and the promise resolves when it is on disk. Where the disk
   * refuses, it is taken back and the promise rejects.
   */
  async store({ subscriber, registration }: RegistrationChange): Promise<void> {
    const key = subscriber.privateIdentity;
    put(this.#registrations, key, registration);
    try {
      await this.#database.write(this.#registrations);
      put(this.#stored, key, registration);
    } catch (error) {
      if (this.registrationOf(subscriber) === registration) {
        put(this.#registrations, key, this.#stored.get(key) ?? notRegistered);
      }
      throw error;
    }
  }

  /** Undefined where all changes are on disk; else resolves when they are, or rejects. */
  get pending(): Promise<void> | undefined {
    return this.#database.pending;
  }

  #add(config: SubscriberConfig, defaults: ServerCapabilities): void {
    const subscriber = subscriberOf(config, defaults);
    const { privateIdentity } = subscriber;
    if (this.#byPrivateIdentity.has(privateIdentity)) {
      throw new Error(`Two subscribers have the private identity ${privateIdentity}: give each its own`);
    }
    this.#byPrivateIdentity.set(privateIdentity, subscriber);
    for (const identity of subscriber.publicIdentities.keys()) {
      const other = this.#byPublicIdentity.get(identity);
      if (other !== undefined) {
        throw new Error(
          `${identity} is a public identity of ${other.privateIdentity} and of ${privateIdentity}: give it to one`,
        );
      }
      this.#byPublicIdentity.set(identity, subscriber);
    }
    // As written too, so that what arrives like that is found without being normalized.
    for (const { identity } of config.publicIdentities) this.#byPublicIdentity.set(identity, subscriber);
  }
}

function put(registrations: Map<string, Registration>, key: string, registration: Registration): void {
  if (registration.state === 'not-registered') registrations.delete(key);
  else registrations.set(key, registration);
}
