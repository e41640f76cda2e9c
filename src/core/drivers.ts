import type { Archive, Jail, JailMount, JailParts, Manager, NewJail, Release, Snapshot, Template, TrashEntry } from './jail.ts'
import type { Endpoint } from './layout.ts'
import type { Certificate, ReachableTarget, Route, Site, SiteAddress, SiteSettings, Target } from './proxy.ts'
import type { SeenInside } from './seen-inside.ts'
import type { Step, Undo } from './step.ts'

/* What builds the steps of a plan. Nothing here runs anything. */

/**
 * Knows one jail manager. What a manager cannot do is refused with what to use instead. @throws not_supported_by_driver
 */
export interface JailDriver {
  /** The jail as it will be seen once it is made. */
  expected(jail: NewJail): Jail
  /** A new jail that does not run yet. Taken back whole: no jail, address, dataset or entry stays behind. */
  make(jail: NewJail, request: string): Step[]
  start(jail: Jail): Step[]
  stop(jail: Jail): Step[]
  /** Boot entry on or off, so that no other jail's boot changes by it. */
  boot(jail: Pick<Jail, 'name' | 'manager'>, on: boolean): Step[]
  /** What it consists of on disk. */
  parts(jail: Jail): JailParts
  /** Of a stopped jail: name, host name, and what is called by it; its boot entry is taken away before and given after. */
  rename(jail: Jail, to: string): Step[]
  /** The jail as it will be seen under that name. */
  renamed(jail: Jail, to: string): Jail
  /** A copy that does not run yet, under a name and an address of its own. */
  clone(jail: Jail, to: NewJail, request: string): Step[]
  /** Another address for a stopped jail. */
  readdress(jail: Jail, address: string): Step[]
  /** undefined: back to what it is without. Live too where that is possible; else `restart` is true. */
  set(jail: Jail, property: string, value: string | undefined): { steps: Step[]; restart: boolean }
  mount(jail: Jail, mount: JailMount): Step[]
  unmount(jail: Jail, mount: JailMount): Step[]
  depend(jail: Jail, on: readonly string[]): Step[]
  /** Ours or not, tags and note. */
  mark(jail: Jail, mark: Mark): Step[]
  /** Patches its own base; of one that shares its base it is refused. */
  update(jail: Jail, request: string): Step[]
  upgrade(jail: Jail, release: string, request: string): Step[]
}

export interface Mark {
  ours: boolean
  tags: readonly string[]
  note: string
}

/** Each jail goes to its own manager's driver. */
export interface JailDrivers extends JailDriver {
  /** Made, started, and with a resolver: ready for what shall be in it. */
  create(jail: NewJail, request: string): Step[]
  /** What a change of it touches: its name, and where its manager cannot do two things at once, that manager. */
  resources(jail: Pick<Jail, 'name' | 'manager'>): string[]
  /** A stopped jail that does not start at boot leaves its manager, with all its data; nothing of it is lost. */
  migrate(jail: Jail, to: Manager, request: string): Step[]
  /** The jail as it will be seen there. */
  migrated(jail: Jail, to: Manager): Jail
}

/** Destroyed jails. */
export interface TrashDriver {
  put(jail: Jail, sites: readonly Site[], request: string): Step[]
  back(entry: TrashEntry, address: string): Step[]
  /** Those that can go, in an order in which they can, and those that something else is a clone of. */
  purgeable(entries: readonly TrashEntry[]): { ready: TrashEntry[]; held: { entry: TrashEntry; by: string[] }[] }
  /** For good; there is no undo. */
  purge(entry: TrashEntry): Step[]
}

/** ZFS only. @throws not_supported_by_driver */
export interface SnapshotDriver {
  /** Which of the datasets holds the jail. */
  dataset(jail: Jail): string
  create(jail: Jail, name: string): Step[]
  remove(jail: Jail, snapshot: Snapshot): Step[]
  /** Of a stopped jail; newer snapshots are lost with it. */
  rollback(jail: Jail, snapshot: Snapshot): Step[]
  /** What takes a running jail back to a snapshot that the same plan made: it is stopped for that. */
  back(jail: Jail, name: string): Undo[]
  /** A change of its files, which goes back to a snapshot where nothing else takes it back; as it is where it brings one itself, or there is no ZFS. */
  around(jail: Jail, name: string, steps: readonly Step[]): Step[]
}

export interface ArchiveDriver {
  /** Of a stopped jail. */
  write(jail: Jail, request: string): Step[]
  /** A new jail that does not run yet. */
  read(archive: Archive, jail: NewJail, request: string): Step[]
  remove(archive: Archive): Step[]
}

/** rctl(8), and the line of rctl.conf that brings it back after a boot. @throws host_not_ready where racct is off */
export interface LimitDriver {
  /** Its lines of rctl.conf. */
  of(jail: Jail): string[]
  lift(jail: Jail, lines: readonly string[]): Step[]
  bring(jail: Jail, lines: readonly string[]): Step[]
  /** undefined: none any more. */
  set(jail: Jail, resource: string, amount: string | undefined): Step[]
}

export interface ReleaseDriver {
  /** `from` undefined: the manager's own mirror. */
  fetch(manager: Manager, release: string, from: ReleaseSource | undefined, request: string): Step[]
  /** For good; there is no undo. */
  remove(release: Release, request: string): Step[]
  /** Brings it to the newest patch level; none newer is fine too. */
  update(release: Release, request: string): Step[]
}
/** `sha256` is that of base.txz, as the MANIFEST beside it says. */
export type ReleaseSource =
  /** A folder of a server, by its URL. */
  | { kind: 'mirror'; url: string; sha256: string }
  | { kind: 'folder'; path: string; sha256: string }
  /** An image of an installation disc; `unit` is a memory disk that is free. */
  | { kind: 'iso'; path: string; unit: number; sha256: string }

/**
 * What is done in a running jail, through the jail and never by paths below its root. `seen` is what it was like inside before, so that it
 * can be taken back to that; without it the jail is one that the same plan makes, and all that is in it goes with it.
 */
export interface InsideDriver {
  run(jail: Jail, argv: readonly string[], step: { title: string; shows?: boolean; timeoutSeconds?: number; final?: string }): Step
  write(jail: Jail, path: string, content: string, title: string, seen?: SeenInside): Step
  resolver(jail: Jail, text: string, seen?: SeenInside): Step[]
  timezone(jail: Jail, zone: string, seen?: SeenInside): Step[]
  /** Those of them that are not there. */
  installPackages(jail: Jail, names: readonly string[], seen?: SeenInside): Step[]
  /** With those that need them, which go first. */
  removePackages(jail: Jail, names: readonly string[], seen: SeenInside): Step[]
  /** `back`: what takes it back, if anything does. */
  upgradePackages(jail: Jail, newer: readonly NewerPackage[], back: readonly Undo[]): Step
  service(jail: Jail, name: string, action: ServiceAction, seen?: SeenInside): Step[]
  /** undefined: unset. */
  sysrc(jail: Jail, variable: string, value: string | undefined, seen?: SeenInside): Step[]
  template(jail: Jail, template: Template, seen?: SeenInside): Step[]
}
export interface NewerPackage {
  name: string
  from: string
  to: string
}
export const serviceActions = ['start', 'stop', 'restart', 'enable', 'disable'] as const
export type ServiceAction = (typeof serviceActions)[number]

/** Knows the proxy in front. */
export interface ProxyDriver {
  /** Steps that bring a host without it to where routes can be added; none where it is ready. */
  prepare(): Step[]
  /** Lets these sites reach these jails, by one backend: new ones, or such that led elsewhere until now. Ends with a real request for each. */
  route(sites: readonly SiteAddress[], targets: readonly ReachableTarget[]): Step[]
  unroute(route: Route): Step[]
  /** Takes away the backends that lead to this jail alone, once no route needs them. */
  forget(jail: string): Step[]
  /** Takes away the backends of routes that left, where no route that stands and none of the sites that came needs them. */
  tidy(left: readonly Route[], came: readonly Pick<Site, 'targets'>[]): Step[]
  /** undefined: no longer so. What is not named stays. `users` only loses here: a new one comes with its password. */
  set(host: string, settings: { [Name in keyof SiteSettings]?: SiteSettings[Name] | undefined }): Step[]
  /** A user with a new random password, which whoever asked is shown once. */
  user(host: string, name: string): Step[]
  /** Weights of the jails behind a site, also while requests run. */
  weigh(route: Route, targets: readonly Target[]): Step[]
  /** No new requests for this jail; goes on when no session is left, or after so many seconds. Taken back: it gets requests again. */
  drain(jail: string, seconds: number): Step[]
  /** The jail gets requests again, once the proxy's own check has found it alive. */
  ready(jail: string): Step[]
  /** The proxy's own check has found the jail alive: for a while after a start it has not, and its sites answer 503. */
  alive(jail: string): Step[]
  /** Steps of a plan in their order, without what one of them makes needless for another. */
  together(steps: readonly Step[]): Step[]
  /** Reads all files anew; open connections go on. */
  reload(): Step[]
  /** What the steps so far chose, for the plan's reserves: asked last. */
  reserves(): string[]
  /**
   * What the steps so far touch beside jails and sites: asked last. The proxy as a whole where they bring it to its files or take that back,
   * else a share of it.
   */
  resources(): string[]
  /**
   * Stands beside a configuration that the host has of its own, and takes over its sites that lead to these jails; undefined where there is
   * none. `strangers`: who asks for a host that is nobody's gets what that configuration says, or 421; not given: as it is.
   */
  adopt?(jails: readonly Jail[], strangers: 'theirs' | 'refused' | undefined): Adoption | undefined
}

/** What is made of a configuration of somebody else's. */
export interface Adoption {
  path: string
  steps: Step[]
  taken: { host: string; target: ReachableTarget }[]
  /** For the plan's reserves. */
  reserves: string[]
  /** What stays as it is, and why: a sentence each. */
  left: string[]
  /** Of their file. */
  diff: string
  /** The backend that whoever asks for a host of nobody's still reaches. */
  strangers?: string
}

/** Knows the certificates of sites. */
export interface CertificateDriver {
  /** The one that this site shows. */
  of(site: string): Certificate | undefined
  /** Gets a new one from the authority and shows it. */
  order(site: string): Step[]
  /** Shows the one of a file of the host, whose leaf has this sha256. */
  upload(site: string, from: string, fingerprint: string): Step[]
  /** Shows none any more. */
  remove(site: string): Step[]
  /** Waits until whoever comes by http is sent to https. */
  awaitRedirect(site: string): Step[]
  /** What the steps so far touch beside the site: asked last. */
  resources(): string[]
}

/** Knows the web server inside a jail. */
export interface SiteDriver {
  install(jail: Pick<Jail, 'name' | 'kernelName'>, address: string): Step[]
  /** Waits until the jail's nginx answers. */
  awaitAnswer(address: string): Step[]
  /** Files of its own for a host name, below /usr/local/www, in a jail whose nginx is as install left it. */
  vhost(jail: Pick<Jail, 'name' | 'kernelName' | 'address'>, host: string): Step[]
  /** Whether nginx.conf, with our files behind it, is what install wrote for a jail of that name and address. */
  wrote(configuration: string, name: string, address: string): boolean
}

export interface Drivers {
  jails: JailDrivers
  trash: TrashDriver
  snapshots: SnapshotDriver
  archives: ArchiveDriver
  limits: LimitDriver
  releases: ReleaseDriver
  inside: InsideDriver
  proxy: ProxyDriver
  certificates: CertificateDriver
  site: SiteDriver
  /** The lowest free address of the pool, or the one already chosen for this request, or the wanted one. */
  chooseAddress(wanted?: string): string
  /** Nobody can own it: `com`, `co.uk`, `github.io`. */
  isPublicSuffix(host: string): boolean
  endpoint(address: string): Endpoint
}
