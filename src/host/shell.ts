/**
 * How commands and files reach the host: local here, ssh elsewhere. The port; see shell-local.ts and shell-ssh.ts.
 *
 * Over ssh every operation @throws connection_lost: whether it was done is not known. So ask the host (a probe; endGroup for what had a
 * group file) before going on. Nothing of it happens any more once there is a connection again, but a command with a group file runs on.
 */
export interface Shell {
  /** Starts argv without any shell; resolves also when it fails, times out or is cut off. @throws JailopsError only when it could not be started */
  run(command: ShellCommand): Promise<ShellResult>
  /** The file's text, or undefined where there is none. @throws unsafe_path, output_too_long (over 8 MiB) */
  readFile(path: string): Promise<string | undefined>
  /** Temp file, fsync, rename, fsync of the folder. @throws unsafe_path, disk_full */
  writeFile(path: string, content: string, mode: number): Promise<void>
  /**
   * writeFile's first half: beside the file, on disk, and nobody reads it. A later one takes its place. `append`: the file as it is now, its
   * mode too, with that behind it. Outside the jails only. @throws as writeFile
   */
  writeDraft(path: string, content: string | Appended, mode: number): Promise<void>
  /** Its second half: from now on everybody reads the draft; after a power cut too once `settle` has resolved. */
  placeDraft(path: string): Promise<void>
  /** Brings a file's name to the disk. */
  settle(path: string): Promise<void>
  /** Removes what a writeFile or writeDraft of this path left behind. */
  removeDraft(path: string): Promise<void>
  /** Removes the file, if it is there. */
  removeFile(path: string): Promise<void>
  /** Renames; never onto something that exists, never across filesystems. @throws unsafe_path, step_failed */
  move(from: string, to: string): Promise<void>
  /** Makes one folder (its parent must exist); fine when it is already there. */
  makeFolder(path: string, mode: number): Promise<void>
  /** Removes one empty folder, if it is there. */
  removeFolder(path: string): Promise<void>
  /** Names in a folder, sorted; empty where there is none. */
  list(folder: string): Promise<string[]>
  /** Never follows a last symlink. */
  stat(path: string): Promise<PathStatus | undefined>
  /** Free space of the filesystem that holds the path (or its nearest existing parent). */
  freeMegabytes(path: string): Promise<number>
  /** Says something to a Unix socket of the host and returns all that is answered until the other side closes. */
  exchange(socket: string, text: string, timeoutSeconds: number): Promise<string>
  /** One HTTP/1.1 GET from the host itself; of a long body the first MiB. @throws step_failed when nobody answers in time */
  httpGet(request: HttpGet): Promise<{ status: number; body: string }>
  /** Makes sure that nothing of the process group recorded in this file runs any more: waits, then TERM, then KILL. */
  endGroup(groupFile: string, waitSeconds: number): Promise<'never-started' | 'ended-by-itself' | 'was-ended'>
  stop(): Promise<void>
}

export interface Appended {
  append: string
}

export interface ShellCommand {
  argv: readonly string[]
  stdin?: string
  timeoutSeconds: number
  signal?: AbortSignal
  /** Where the wrapper records the process group before it execs. Absent for probes, which nobody needs to find again. */
  groupFile?: string
}

export interface ShellResult {
  /** undefined when it was ended by a signal or never got to run. Over ssh codes above 128 count as signals: sh tells both alike. */
  exitCode: number | undefined
  stdout: string
  stderr: string
  timedOut: boolean
  /** More output came than is kept; what is kept is the beginning and the end. */
  truncated: boolean
}

export interface PathStatus {
  kind: 'file' | 'folder' | 'link' | 'other'
  size: number
  /** Permission bits. */
  mode: number
  /** Milliseconds since 1970; over ssh in whole seconds. */
  modifiedAt: number
}

export interface HttpGet {
  address: string
  port: number
  path: string
  hostHeader: string
  timeoutSeconds: number
}
