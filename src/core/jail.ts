import { z } from 'zod'
import type { templateSchema } from './inside-names.ts'
import { siteSchema } from './proxy.ts'

/* What jailops knows of a jail, whichever manager made it. */

export const managers = ['jail.conf', 'bastille', 'iocage', 'ezjail'] as const
export type Manager = (typeof managers)[number]

/** thick: a copy of the base of its own. thin: shares it, by a ZFS clone or a read-only nullfs. */
export const jailTypes = ['thin', 'thick'] as const
export type JailType = (typeof jailTypes)[number]

/** A folder of the host that shows in a jail. */
export interface JailMount {
  /** On the host. */
  from: string
  /** In the jail, as the jail sees it. */
  on: string
  readOnly: boolean
}

export interface Jail {
  name: string
  manager: Manager
  /** Made or adopted by jailops: only these are ever changed. */
  ours: boolean
  /** It is a line of the marks file that says so, and not its own configuration. */
  isMarked: boolean
  state: 'running' | 'stopped' | 'broken'
  /** Why a broken one is broken. */
  problem?: string
  jid?: number
  /** What jls and jexec call it; iocage puts `ioc-` before the name. */
  kernelName: string
  /** The first of them. */
  address?: string
  /** It runs, and its manager has another address for it since. */
  nextAddress?: string
  /** Of IPv4. */
  addresses: readonly string[]
  hostname: string
  /** What is its `/`, on the host. */
  root: string
  startsAtBoot: boolean
  /** The file (or folder) of the manager that defines it; absent where a running jail has none. */
  configuration?: string
  /** Absent where its manager does not say. */
  type?: JailType
  /** Such as 15.1-RELEASE; absent where its manager does not say. */
  release?: string
  vnet: boolean
  /** Names of jails that must run before it. */
  depends: readonly string[]
  tags: readonly string[]
  note: string
  /** Beside its base and what every jail has (devfs). */
  mounts: readonly JailMount[]
  /** What `jail get` shows, in its manager's own words. */
  properties: Readonly<Record<string, string>>
  /** On the host. */
  consoleLog?: string
  /** What its manager's own files say, by what they are, where a driver has to write them anew. */
  texts?: Readonly<Record<string, string>>
}

/** What a configuration says; whether it runs is found out apart from that. */
export type ConfiguredJail = Omit<Jail, 'state' | 'jid'>

/** A jail that is yet to be made. */
export interface NewJail {
  name: string
  manager: Manager
  address: string
  startsAtBoot: boolean
  type: JailType
  /** Absent: what its manager takes by itself; for jail.conf the layout's base, else the newest release. */
  release?: string
  vnet: boolean
  /** Its tree is what is in this archive, on the host, instead of a base. */
  archive?: string
}

/** What a jail consists of on disk: destroy moves it away, restore brings it back to where it was, export puts it into an archive. */
const treeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('folder'), path: z.string() }),
  z.strictObject({
    kind: z.literal('dataset'),
    dataset: z.string(),
    /** Of it and of those below it, where it is set and not inherited. */
    mountpoints: z.record(z.string(), z.string()),
  }),
])
export const jailPartsSchema = z.strictObject({
  /** Single files outside the tree, each with a name that is unique among them. */
  files: z.array(z.strictObject({ name: z.string(), path: z.string() })),
  /** All the rest, with the root in it. */
  tree: treeSchema,
})
export type JailParts = z.infer<typeof jailPartsSchema>

/** What a destroyed jail left behind, as its manifest says. */
export const trashManifestSchema = z.strictObject({
  name: z.string(),
  manager: z.enum(managers),
  address: z.string(),
  startsAtBoot: z.boolean(),
  wasRunning: z.boolean(),
  /** What it shares its base with, or was made from, where its manager said so. */
  release: z.string().optional(),
  /** Its sites, with where they led and their settings. */
  sites: z.array(siteSchema),
  parts: jailPartsSchema,
  /** Of its datasets those that were mounted: brought back they are not by themselves. */
  mounted: z.array(z.string()).optional(),
  /** What its configuration said, for when it is written anew under another address. */
  properties: z.record(z.string(), z.string()).optional(),
  /** The line of the marks file that said that it is ours; absent where its own file says so. */
  mark: z.string().optional(),
  /** Its lines of rctl.conf. */
  limits: z.array(z.string()),
})
export interface TrashEntry extends z.infer<typeof trashManifestSchema> {
  /** The id of the request that destroyed it; names its folder. */
  request: string
  /** Milliseconds since 1970. */
  destroyedAt: number
}

/** A ZFS filesystem of the host. */
export interface Dataset {
  name: string
  /** `none` and `legacy` as they are. */
  mountpoint: string
  isMounted: boolean
  /** Set on it, not inherited. */
  hasOwnMountpoint: boolean
  /** The snapshot that it is a clone of. */
  origin?: string
}

export interface Snapshot {
  dataset: string
  /** Behind the `@`. */
  name: string
  /** Milliseconds since 1970. */
  createdAt: number
  usedBytes: number
  /** Names of datasets that are clones of it. */
  clones: readonly string[]
}

/** What jails are made from. */
export interface Release {
  manager: Manager
  /** Such as 15.1-RELEASE. */
  name: string
  path: string
  /** What it has been patched to, such as 15.1-RELEASE-p1, where that can be seen. */
  patchLevel?: string
}

/** A file that holds an exported jail. */
export interface Archive {
  name: string
  path: string
  bytes: number
  /** Milliseconds since 1970. */
  madeAt: number
  /** What its jail was. */
  jail: ArchiveManifest
}

export const archiveManifestSchema = z.strictObject({
  name: z.string(),
  manager: z.enum(managers),
  type: z.enum(jailTypes),
  release: z.string().optional(),
  startsAtBoot: z.boolean(),
})
export type ArchiveManifest = z.infer<typeof archiveManifestSchema>

export interface Template extends z.infer<typeof templateSchema> {
  name: string
  /** It came with jailops, and no file of the host says otherwise. */
  shipped?: true
  /** Why it cannot be used. */
  problem?: string
}
