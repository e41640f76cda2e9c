import { JailopsError } from '../core/errors.ts'
import { placeDraft, readTextFile, removeDraft, removeFile, replaceFile, settle, writeDraft } from './shell/files.ts'
import { freeMegabytes, listFolder, makeFolder, movePath, removeFolder, statPath } from './shell/folders.ts'
import { endGroup } from './shell/group.ts'
import { localGroupFiles } from './shell/group-files.ts'
import { exchangeOnSocket, httpGet, localConnections } from './shell/network.ts'
import { localProcesses } from './shell/processes.ts'
import { runCommand } from './shell/run.ts'
import type { PathRules } from './shell/safe-path.ts'
import type { Shell, ShellCommand, ShellResult } from './shell.ts'

export interface LocalShellOptions {
  /** The only places where programs are looked for, and the PATH of what runs. */
  programFolders: readonly string[]
  jailRoots: string
  /** When set, nothing outside this folder is changed, and no program from outside programFolders is started by its path. */
  confineTo?: string | undefined
  /** How long a command's output is read after the command has ended, when a daemon that it started keeps it open. */
  groupWaitMilliseconds?: number
}

/** The Shell of a worker that runs on the host itself. */
export function createLocalShell(options: LocalShellOptions): Shell {
  const { programFolders, confineTo, groupWaitMilliseconds = 2000 } = options
  const rules: PathRules = { jailRoots: options.jailRoots, ...(confineTo === undefined ? {} : { confineTo }) }
  const runOptions = { programFolders, mayLeaveFolders: confineTo === undefined, groupWaitMilliseconds }
  const stopping = new AbortController()
  const running = new Set<Promise<ShellResult>>()

  const run = async (command: ShellCommand): Promise<ShellResult> => {
    // What has a group file is the executor's to end: it knows whether to wait.
    const signal = command.groupFile === undefined ? anySignal(command.signal, stopping.signal) : command.signal
    const { signal: _, ...rest } = command
    const result = runCommand(signal === undefined ? rest : { ...rest, signal }, runOptions)
    if (command.groupFile !== undefined) return result
    running.add(result)
    return result.finally(() => running.delete(result))
  }

  return {
    run,
    readFile: (path) => readTextFile(path, rules),
    writeFile: (path, content, mode) => replaceFile(path, content, mode, rules),
    writeDraft: (path, content, mode) => writeDraft(path, content, mode, rules),
    placeDraft: (path) => placeDraft(path, rules),
    settle,
    removeFile: (path) => removeFile(path, rules),
    removeDraft: (path) => removeDraft(path, rules),
    move: (from, to) => movePath(from, to, rules),
    makeFolder: (path, mode) => makeFolder(path, mode, rules),
    removeFolder: (path) => removeFolder(path, rules),
    list: (folder) => listFolder(folder, rules),
    stat: (path) => statPath(path, rules),
    freeMegabytes,
    // Not confined: a socket's path must be short, so it may lie elsewhere than a deep folder; the Layout alone names it.
    exchange: (socket, text, timeoutSeconds) => exchangeOnSocket(localConnections, socket, text, timeoutSeconds),
    httpGet: (request) => httpGet(localConnections, request),
    endGroup: (groupFile, waitSeconds) => endGroup({ files: localGroupFiles, processes: localProcesses }, groupFile, waitSeconds),
    stop: async () => {
      stopping.abort(new JailopsError('worker_failed', 'The worker is stopping.'))
      await Promise.allSettled(running)
    },
  }
}

function anySignal(given: AbortSignal | undefined, own: AbortSignal): AbortSignal {
  return given === undefined ? own : AbortSignal.any([given, own])
}
