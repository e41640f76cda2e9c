import { z } from 'zod'
import { acmeAction, certificateAction } from './certificate-actions.ts'
import { absolutePath } from './layout.ts'
import { argv, probeSchema, serverName } from './probe.ts'

export type { Probe } from './probe.ts'

/*
 * A Step is one effect as data. The worker knows for every action how to look whether it stands, how to carry it
 * out, and how to take it back; planners only say what.
 */

const line = z.string().regex(/^[^\n\r\0]+$/)
const place = z.strictObject({ address: z.ipv4(), port: z.int() })
const run = z.strictObject({
  kind: z.literal('run'),
  argv,
  stdin: z.string().optional(),
  timeoutSeconds: z.number().positive(),
  /** What it prints is part of the answer, with secrets taken out. */
  shows: z.literal(true).optional(),
  /** Not run where the step's `done` holds already: several requests may need the same thing, or somebody did it before. */
  unlessDone: z.literal(true).optional(),
  /** Asked when it fails: what it prints names who was in the way. */
  blame: argv.optional(),
  /** It tells somebody else to begin anew, and says nothing of how that went: whatever this lists before must be gone from the list after. */
  replaces: argv.optional(),
})

/**
 * Another HAProxy in place of the one that runs: it is handed the listening sockets, or where that cannot be, `service haproxy reload`.
 * Those who need one at the same time share it.
 */
const proxyReload = z.strictObject({
  kind: z.literal('proxy-reload'),
  /** Ends the sentence "Reload HAProxy, for …". */
  why: line,
  socket: absolutePath,
  pidFile: absolutePath,
  /** What the rc script reads while `haproxy_config` names nothing else. */
  usualFile: absolutePath,
  /**
   * Whose files it runs by then. By ours it is believed when another process answers at our socket; by the host's own, which may know no
   * such socket, when the rc script's pid file names another one that runs.
   */
  by: z.enum(['our-files', 'their-files']),
  /** There it must say 421 to who asks for a host that nobody has, as only ours does. */
  front: place.optional(),
  timeoutSeconds: z.number().positive(),
})

/** One change in a text, of which made twice is the same as made once. */
const edit = z.discriminatedUnion('what', [
  /** Wherever it stands. */
  z.strictObject({ what: z.literal('text'), from: z.string().min(1), to: z.string() }),
  /** Of a jail.conf with one jail: whatever lines say one of the names are gone, and these stand in their place, or else at the end of the block. */
  z.strictObject({ what: z.literal('parameter'), names: z.array(z.string()).min(1), lines: z.array(line) }),
  /** The name of that jail. */
  z.strictObject({ what: z.literal('block'), name: z.string() }),
  /** `NAME="VALUE"`, as sysrc writes it. */
  z.strictObject({ what: z.literal('variable'), name: z.string(), value: z.string().regex(/^[^"'`$\\\n\r\0]*$/) }),
  /** Of an fstab: what is mounted on that place; null: nothing. */
  z.strictObject({ what: z.literal('mount'), on: absolutePath, line: line.nullable() }),
])
export type Edit = z.infer<typeof edit>

/** Text cut out of another at a place, and what is put there. */
const cut = z.strictObject({ at: z.int().min(0), remove: z.string(), insert: z.string() })
export type Cut = z.infer<typeof cut>
const configFile = { name: z.string().regex(/^[a-z0-9][a-z0-9_-]*\.cfg$/), content: z.string().nullable() }

const actionSchema = z.discriminatedUnion('kind', [
  run,
  /** A whole file of our own, replaced atomically; `check` runs on the staged copy (the word {staged}) before the swap. */
  z.strictObject({
    kind: z.literal('write'),
    path: absolutePath,
    content: z.string(),
    mode: z.int(),
    check: argv.optional(),
  }),
  /** Removes a file of our own. */
  z.strictObject({ kind: z.literal('remove'), path: absolutePath }),
  z.strictObject({ kind: z.literal('folder'), path: absolutePath, mode: z.int() }),
  z.strictObject({ kind: z.literal('remove-folder'), path: absolutePath }),
  /** A rename on one filesystem, never onto something that exists. */
  z.strictObject({ kind: z.literal('move'), from: absolutePath, to: absolutePath }),
  /** One `key value` line of a file of ours; null takes it away. The rest of the file is not ours to say. */
  z.strictObject({ kind: z.literal('map-entry'), path: absolutePath, key: z.string(), value: z.string().nullable() }),
  /**
   * One name in rc.conf's jail_list, on or off; the other names are not ours to say. When nobody is left the list is unset, or
   * says "nobody" where an empty one would start every jail of jail.conf.
   */
  z.strictObject({ kind: z.literal('boot-word'), name: z.string(), on: z.boolean(), whenEmpty: z.enum(['unset', 'nobody']) }),
  /** One line of a map file, and then the same entry in the running HAProxy, read back. One that does not run starts from the file. */
  z.strictObject({ kind: z.literal('proxy-map'), socket: absolutePath, path: absolutePath, key: z.string(), value: z.string().nullable() }),
  /** A server of the running HAProxy, which forgets that at its next start. */
  z.strictObject({
    kind: z.literal('proxy-server'),
    socket: absolutePath,
    ...serverName,
    /** Not of one that has sessions: they would be another's. */
    address: place.optional(),
    weight: z.int().min(0).max(256).optional(),
    state: z.enum(['ready', 'maint']).optional(),
    /** Sessions that it has are ended. */
    shut: z.literal(true).optional(),
  }),
  /**
   * A server of a backend's file gets no requests while a request works on its jail, or gets them again; and then the same in the running
   * HAProxy, read back. What weight it has otherwise stays written beside it.
   */
  z.strictObject({ kind: z.literal('proxy-drain'), socket: absolutePath, folder: absolutePath, ...serverName, on: z.boolean() }),
  /** A whole backend of the running HAProxy, 3.4 or newer, which forgets that at its next start; without servers: it is not there. */
  z.strictObject({
    kind: z.literal('proxy-backend'),
    socket: absolutePath,
    backend: z.string(),
    servers: z.array(z.strictObject({ server: z.string(), place, weight: z.int().min(0).max(256) })),
  }),
  proxyReload,
  /** A *.cfg file of HAProxy's folder, or several at once; the whole folder with the change in it must pass `haproxy -c` before the swap. */
  z.strictObject({
    kind: z.literal('haproxy-config'),
    folder: absolutePath,
    ...configFile,
    more: z.array(z.strictObject(configFile)).optional(),
  }),
  acmeAction,
  certificateAction,
  /**
   * Changes in the host's own file of HAProxy's, whose place in the folder is the link `name`; `before` and `after` are the sha256 of all of
   * it, so that nothing is made of a file that was changed meanwhile. The whole folder with the change in it must pass `haproxy -c`.
   */
  z.strictObject({
    kind: z.literal('haproxy-splice'),
    folder: absolutePath,
    name: z.string().regex(/^[a-z0-9][a-z0-9_-]*\.cfg$/),
    path: absolutePath,
    before: z.string(),
    after: z.string(),
    cuts: z.array(cut).min(1),
  }),
  /**
   * What nginx in front reads: a file of our folder, a line of one of our maps, or our block in the main file, which is not ours. All of it
   * with the change in it must pass `nginx -t` before the swap.
   */
  z.strictObject({
    kind: z.literal('nginx-config'),
    configuration: absolutePath,
    folder: absolutePath,
    change: z.discriminatedUnion('what', [
      z.strictObject({
        what: z.literal('file'),
        name: z.string().regex(/^[a-z0-9][a-z0-9._-]*\.(conf|inc)$/),
        content: z.string().nullable(),
      }),
      z.strictObject({ what: z.literal('entry'), map: z.string().regex(/^[a-z-]+$/), key: z.string(), value: z.string().nullable() }),
      z.strictObject({ what: z.literal('block') }),
    ]),
  }),
  /** One whole line of a file that others write too (rctl.conf, an fstab), there or not; a file that is missing is made. */
  z.strictObject({ kind: z.literal('line'), path: absolutePath, line, on: z.boolean() }),
  /** Changes in a file of a manager's: all else in it is not ours to say. `check` as with `write`. */
  z.strictObject({ kind: z.literal('edit'), path: absolutePath, edits: z.array(edit).min(1), check: argv.optional() }),
  /** A new random password of a user in a jail: known to nobody but whoever asked, who is shown it once. */
  z.strictObject({ kind: z.literal('password'), kernelName: z.string(), user: z.literal('root') }),
  /**
   * One line of the passwords' map: a new random one of this user of a site, known to nobody but whoever asked, who is shown it once; or
   * none any more.
   */
  z.strictObject({
    kind: z.literal('proxy-password'),
    socket: absolutePath,
    path: absolutePath,
    host: z.string(),
    user: z.string(),
    on: z.boolean(),
  }),
  /** The same in a file of nginx' own. */
  z.strictObject({ kind: z.literal('nginx-password'), path: absolutePath, host: z.string(), user: z.string(), on: z.boolean() }),
  /** Waits until the step's probe holds. */
  z.strictObject({
    kind: z.literal('await'),
    timeoutSeconds: z.number().positive(),
    /** When the time is over the next step comes all the same. */
    goesOn: z.literal(true).optional(),
  }),
  /** Refuses to go on unless the step's probe holds now. */
  z.strictObject({ kind: z.literal('require'), otherwise: z.string() }),
])
export type Action = z.infer<typeof actionSchema>
export type RunAction = z.infer<typeof run>

/** An undo is itself a small effect; `unless` says when it is not needed (any more). */
const undoSchema = z.strictObject({
  action: z.discriminatedUnion('kind', [run, proxyReload]),
  unless: probeSchema.optional(),
  /** Others follow that do the same by other means: a manager's own removal may stumble over what it left half made. */
  mayFail: z.literal(true).optional(),
})
export type Undo = z.infer<typeof undoSchema>

export const stepSchema = z.strictObject({
  title: z.string(),
  action: actionSchema,
  /** How to see that it stands. File and map actions are their own probe and need none. */
  done: probeSchema.optional(),
  /** What takes it back, in order. Files, moves and map entries restore themselves from what the journal kept. */
  undo: z.array(undoSchema).optional(),
  /** Set when it cannot be taken back: the reason, shown before approval. */
  final: z.string().optional(),
  /**
   * It does what the person asked for in their own words, and has no undo: how it ends is its answer. So it is never run twice, also
   * not after a crash, and one that fails is a failure and no half done change of ours.
   */
  asked: z.literal(true).optional(),
})
export type Step = z.infer<typeof stepSchema>
