import { z } from 'zod';
import type { Control, OperatorAction, ServerAction, UeAction } from '../action.js';
import type { ReadContent } from './content.js';

export type BareAction = UeAction | ServerAction | OperatorAction | Control;

/** One kind of action: by which keys its mapping is known, who does it, and what its mapping has. */
export interface ActionKind {
  /** All stand in its mapping; the last has who does it, or what is done. */
  readonly keys: readonly string[];
  readonly by: 'ue' | 'actor' | 'operator' | 'control';
  readonly schema: z.ZodObject;
  /** What the checked mapping says. */
  check(
    mapping: unknown,
    read: ReadContent,
  ): { readonly action: BareAction } | { readonly issues: readonly z.core.$ZodIssue[] };
}

/** A kind; what `to` gets has been checked. */
export function kind<Shape extends z.ZodRawShape>(
  keys: readonly string[],
  by: ActionKind['by'],
  shape: Shape,
  to: (checked: z.infer<z.ZodObject<Shape>>, read: ReadContent) => BareAction,
): ActionKind {
  const schema = z.strictObject(shape);
  return {
    keys,
    by,
    schema,
    check: (mapping, read) => {
      const checked = schema.safeParse(mapping);
      return checked.success
        ? { action: to(checked.data as z.infer<z.ZodObject<Shape>>, read) }
        : { issues: checked.error.issues };
    },
  };
}

export const actor = z.string().describe('the actor');
export const uri = z.string().regex(/^(sips?:|tel:|\$\{)\S+$/i, 'expected a sip: or tel: URI');
export const method = z.string().regex(/^[A-Z]+$/, 'expected a method such as SUBSCRIBE');
export const impi = z.string().regex(/^\S+@\S+$|^\$\{/, 'expected a private identity');
export const SDP = 'application/sdp';
export const DEFAULT_EXPIRES_S = 3600;
export const DEFAULT_WITHIN_S = 5;
