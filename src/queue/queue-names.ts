import { z } from 'zod'

/** Before every key of ours, so that a Redis can be shared. */
export const defaultPrefix = 'jailops'

/** From the bot to one host. */
export function hostQueue(host: string): string {
  return `jailops-host-${host}`
}

/** From all hosts to the bot. */
export const botQueue = 'jailops-bot'

/** What a job holds. */
export const jobSchema = z.object({ token: z.string() })
