import { z } from 'zod'
import { refusal } from './refusal.ts'
import type { Triggers } from './triggers.ts'
import type { Views } from './views.ts'
import type { World } from './world.ts'

/** What methods work on. */
export interface Parts {
  world: World
  views: Views
  triggers: Triggers
  uploads: Uploads
  origin: string
  /** The WebSocket URL's path, good once. */
  issueTicket(): string
}

/** Files on their way, by id. */
export type Uploads = Map<string, { name: string; content: string | undefined }>

export interface Method {
  scope?: string
  /** Takes the app-level token, not the bot's. */
  isForApp?: boolean
  /** @throws Refusal */
  run(args: Record<string, unknown>, parts: Parts): Record<string, unknown>
}

/** A method whose arguments are checked first; they come as a form, so that everything may be a string. */
export function method<Shape extends z.ZodRawShape>(
  options: Omit<Method, 'run'>,
  shape: Shape,
  run: (args: z.infer<z.ZodObject<Shape>>, parts: Parts) => Record<string, unknown>,
): Method {
  const schema = z.object(shape)
  return {
    ...options,
    run(args, parts) {
      const result = schema.safeParse(args)
      if (result.success) return run(result.data, parts)
      throw refusal(
        'invalid_arguments',
        result.error.issues.map(({ path, message }) => `${message} [json-pointer:/${path.map(String).join('/')}]`),
      )
    },
  }
}

export const flag = z
  .union([z.boolean(), z.enum(['true', '1']).transform(() => true), z.enum(['false', '0', '']).transform(() => false)])
  .optional()

/** JSON, as an object or as text. @throws Refusal with that error where the text is no JSON */
export function json(error: string) {
  return z
    .unknown()
    .transform((value) => {
      if (typeof value !== 'string') return value
      try {
        return JSON.parse(value) as unknown
      } catch {
        throw refusal(error)
      }
    })
    .optional()
}
