import { z } from 'zod'
import { absolutePath } from './layout.ts'

/**
 * Gets a certificate from an authority (RFC 8555, http-01) and leaves it in `folder` with its key, for nobody else to read. What was got
 * stays there when the plan is taken back: authorities give out only so many.
 */
export const acmeAction = z.strictObject({
  kind: z.literal('acme'),
  site: z.string(),
  directory: z.url(),
  caFile: absolutePath.optional(),
  contact: z.email().optional(),
  folder: absolutePath,
  /** Where it goes. */
  to: absolutePath,
  /** The one that is shown now, if any: another one is wanted. */
  shown: absolutePath,
  /** Where the front finds what the authority wants to read: a map of HAProxy's, or a file a token in a folder of nginx'. */
  answers: z.union([z.strictObject({ socket: absolutePath, map: absolutePath }), z.strictObject({ folder: absolutePath })]),
  /** Where the front listens for http. */
  front: z.strictObject({ address: z.string(), port: z.int() }),
  timeoutSeconds: z.number().positive(),
})

/** The certificate that a site shows: its file, and where HAProxy shows it, its list and the running one. null: none any more. */
export const certificateAction = z.strictObject({
  kind: z.literal('certificate'),
  haproxy: z.strictObject({ socket: absolutePath, list: absolutePath }).optional(),
  path: absolutePath,
  site: z.string(),
  /** Leaf, chain and key, which nobody but root may read. */
  from: absolutePath.nullable(),
  /** sha256 of the leaf that was approved; absent where it was not there yet. */
  fingerprint: z
    .string()
    .regex(/^[0-9A-F]{2}(:[0-9A-F]{2}){31}$/)
    .optional(),
})
