import { z } from 'zod'
import { alertThresholdsSchema } from '../core/alert.ts'
import { absolutePath, layoutSchema } from '../core/layout.ts'
import { hostName } from '../core/names.ts'
import { permissionPattern, policySchema } from '../core/policy.ts'
import { sshTargetSchema } from '../core/ssh-target.ts'

/*
 * What jailops.yaml may say. One file serves the bot, the worker, or both on one machine: a machine without `host` runs
 * no worker. What is a secret is marked, so that a file which everybody can read is noticed.
 */

const secret = z.string().min(1).meta({ secret: true })
const botName = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be lower-case letters, digits and hyphens, beginning with a letter')

const redisSchema = z.strictObject({
  /** Absent in the demo, which starts a Redis of its own. */
  url: secret
    .regex(/^(rediss?:\/\/[^\s/]|\/)/, 'must be an address such as redis://127.0.0.1:6379, or the absolute path of a socket')
    .optional(),
  prefix: z
    .string()
    .regex(/^[a-z][a-z0-9_-]{0,31}$/, 'must be lower-case letters, digits, _ and -, beginning with a letter')
    .default('jailops'),
})

/** Somebody whom the web page offers; what they may do is said under `policy`, as web:user:ID. */
const webPersonSchema = z.strictObject({
  name: z.string().min(1).max(200),
  groups: z.array(z.string().min(1)).default([]),
  /** What the person may do, in a word or two, for the page. */
  note: z.string().max(100).default(''),
})

/** The page is for trying out: it listens on 127.0.0.1 only, and whoever opens it chooses who to be. */
const webSchema = z.strictObject({
  /** 0: any free one. */
  port: z.int().min(0).max(65535),
  people: z.record(z.string().regex(/^[a-z0-9-]{1,40}$/, 'must be lower-case letters, digits and hyphens'), webPersonSchema).default({}),
})

const shellSchema = z.strictObject({
  enabled: z.boolean().default(true),
  /** Absent: a socket in the state folder. */
  socket: absolutePath.optional(),
})

const apiUrl = z.url({ protocol: /^https?$/, error: 'must be an address such as https://slack.com/api/' })

const slackSchema = z
  .strictObject({
    /** xoxb-…: what the bot may do. */
    botToken: secret.regex(/^xox[a-z]-/, 'must be a bot token; it begins with xoxb-'),
    /** xapp-…: Socket Mode, which needs no public address. */
    appToken: secret.regex(/^xapp-/, 'must be an app-level token; it begins with xapp-').optional(),
    /** For deliveries by HTTP instead; `listen` says where. */
    signingSecret: secret.min(8, 'must be the app’s signing secret').optional(),
    listen: z
      .strictObject({
        address: z.string().default('127.0.0.1'),
        port: z.int().min(0).max(65535),
        path: z
          .string()
          .regex(/^\/\S*$/)
          .default('/slack/events'),
      })
      .optional(),
    apiUrl: apiUrl.default('https://slack.com/api/'),
  })
  .refine(
    ({ appToken, signingSecret, listen }) =>
      (appToken === undefined) === (signingSecret !== undefined && listen !== undefined) &&
      (appToken === undefined || (signingSecret === undefined && listen === undefined)),
    'needs either appToken (Socket Mode), or both signingSecret and listen (HTTP)',
  )

const snowflake = z.string().regex(/^[0-9]{5,20}$/, 'must be an id of Discord’s: a long number, in quotes')

const discordSchema = z.strictObject({
  token: secret,
  /** The server (guild) whose channels it serves; whoever comes from elsewhere is a stranger. */
  guild: snowflake,
  apiUrl: apiUrl.default('https://discord.com/api'),
})

/** `slack:C0123`, `discord:1234`. */
const channelAddress = z.string().regex(/^[a-z]+:\S+$/, 'must be PLATFORM:CHANNEL, such as slack:C0123ABC')

const botSchema = z.strictObject({
  name: botName.default('bot'),
  web: webSchema.optional(),
  shell: shellSchema.prefault({}),
  slack: slackSchema.optional(),
  discord: discordSchema.optional(),
  /** Channels that also show what is said in another one. */
  mirrors: z.array(z.strictObject({ from: channelAddress, to: channelAddress })).default([]),
  /** What is said in a channel is meant for its host, unless another is named. */
  channels: z.record(channelAddress, z.strictObject({ host: hostName })).default({}),
})

const hostSchema = z.strictObject({
  name: hostName,
  layout: layoutSchema.prefault({}),
  /** What this host lets the bot ask for, whatever the bot's own policy says. */
  permissions: z.array(permissionPattern).default(['*']),
})

/** A host that the bot may use. With `ssh` it is this machine's worker that serves it. `web1:` with nothing behind it is how YAML writes a bare name. */
const listedHost = z
  .strictObject({ ssh: sshTargetSchema.optional(), layout: layoutSchema.optional(), permissions: z.array(permissionPattern).optional() })
  .refine(
    ({ ssh, layout, permissions }) => ssh !== undefined || (layout === undefined && permissions === undefined),
    'has no ssh, so its layout and permissions belong into the jailops.yaml of its own worker, under host',
  )
  .nullable()
  .transform((value) => value ?? {})

/** What is wrong on a host and nobody asked for. */
const alertsSchema = z.strictObject({
  /** Where the bot posts it. */
  channels: z.array(channelAddress).default([]),
  /** When a host's worker finds it worth telling. */
  thresholds: alertThresholdsSchema.prefault({}),
})

export const configSchema = z
  .strictObject({
    redis: redisSchema.prefault({}),
    keys: absolutePath.optional(),
    state: absolutePath.default('/var/db/jailops'),
    bot: botSchema.prefault({}),
    host: hostSchema.optional(),
    /** With nothing behind it as if it were not there: this machine, where it is a host. */
    hosts: z.record(hostName, listedHost).nullish(),
    policy: policySchema.prefault({}),
    alerts: alertsSchema.prefault({}),
    commands: z.array(absolutePath).default([]),
  })
  .transform(({ hosts, ...config }) => ({ ...config, hosts: hosts ?? (config.host === undefined ? {} : { [config.host.name]: {} }) }))

export type Config = z.output<typeof configSchema>
