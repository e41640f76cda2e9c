import { z } from 'zod'
import { absolutePath } from './layout.ts'

export const argv = z.array(z.string()).min(1)
export const serverName = { backend: z.string(), server: z.string() }

/** A question about the host that can be asked at any time and changes nothing. */
export const probeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('jail'), name: z.string(), running: z.boolean() }),
  z.strictObject({ kind: z.literal('path'), path: absolutePath, exists: z.boolean() }),
  /** Done only when our own journal says so: the thing may be there by half. */
  z.strictObject({ kind: z.literal('journal-only'), path: absolutePath }),
  /** stdout: compared after its last newline is dropped; word: one of its white-space separated words. */
  z.strictObject({
    kind: z.literal('command'),
    argv,
    exitCode: z.int().optional(),
    /** Any other exit code: programs do not agree on how they say no. */
    notExitCode: z.int().optional(),
    stdout: z.string().optional(),
    word: z.string().optional(),
    noWord: z.string().optional(),
  }),
  z.strictObject({
    kind: z.literal('http'),
    address: z.string(),
    port: z.int(),
    path: z.string(),
    hostHeader: z.string(),
    /** Inclusive bounds. */
    statusFrom: z.int(),
    statusTo: z.int(),
    notStatus: z.array(z.int()).optional(),
  }),
  z.strictObject({
    kind: z.literal('haproxy-backend'),
    socket: absolutePath,
    backend: z.string(),
    server: z.string().nullable(),
    /** There holds, too. */
    or: z.string().optional(),
  }),
  /** So many sessions or fewer on that server, or no HAProxy that runs. */
  z.strictObject({
    kind: z.literal('proxy-sessions'),
    socket: absolutePath,
    ...serverName,
    atMost: z.int(),
    /** Of these together with it. */
    also: z.array(z.strictObject(serverName)).optional(),
  }),
  /** HAProxy's own check has found it alive, or it has none, or no HAProxy runs. */
  z.strictObject({ kind: z.literal('haproxy-server-up'), socket: absolutePath, ...serverName }),
  /** Whoever comes by TLS and asks for that name is shown the certificate of this file. */
  z.strictObject({ kind: z.literal('certificate'), address: z.string(), port: z.int(), serverName: z.string(), path: absolutePath }),
  /** Nothing is mounted below the path (a rename or a removal would reach into the mounted tree). */
  z.strictObject({ kind: z.literal('no-mounts'), path: absolutePath }),
  z.strictObject({ kind: z.literal('free-space'), path: absolutePath, megabytes: z.number() }),
])
export type Probe = z.infer<typeof probeSchema>
