import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { JailopsError } from '../../core/errors.ts'
import type { Action } from '../../core/step.ts'
import { checkMapWords } from '../../host/proxy/maps.ts'
import { withBlock } from '../../host/proxy/nginx/block.ts'
import { frontFile, frontServerFile, tlsFile } from '../../host/proxy/nginx/places.ts'
import { unreachedServers } from '../../host/proxy/nginx/their-listens.ts'
import type { Shell } from '../../host/shell.ts'
import { changedSince, type Effect, type EffectDeps, parseBefore } from './effect.ts'
import { entryIn, valueIn, withEntry, withLineBack } from './map-text.ts'
import { captureFile, modeOf, readExactly, refuseForeign, restoreFile } from './old-file.ts'
import { howItEnded, lastWords } from './words.ts'

type NginxConfig = Extract<Action, { kind: 'nginx-config' }>

/** The file that it changes. */
export function nginxTarget({ configuration, folder, change }: NginxConfig): string {
  if (change.what === 'block') return configuration
  return `${folder}/${change.what === 'file' ? change.name : `${change.map}.map`}`
}

/** One bad file keeps nginx from starting at all, so all that it would read is checked with the change in it. */
export function nginxConfigEffect({ shell, stagingFolder }: EffectDeps, action: NginxConfig): Effect {
  const path = nginxTarget(action)
  const { change } = action
  const read = async () => await readExactly(shell, path)
  const capture = async () => {
    const text = await read()
    if (change.what === 'entry') checkMapWords(change.key, change.value)
    if (change.what === 'file' && change.content !== null) await refuseForeign(shell, path, change.content)
    await checkAll(shell, stagingFolder, action, changed(action, text))
    if (change.what === 'file') return captureFile(shell, path)
    if (change.what === 'block')
      return JSON.stringify({ text: text ?? '', mode: await modeOf(shell, path) } satisfies z.infer<typeof mainBeforeSchema>)
    const { value, line } = entryIn(text ?? '', change.key)
    const kept = { value: value ?? null, line }
    return JSON.stringify(kept satisfies z.infer<typeof entryBeforeSchema>)
  }
  const perform = async (isChecked: boolean) => {
    const text = await read()
    const wanted = changed(action, text)
    if (wanted === text) return
    if (!isChecked) await checkAll(shell, stagingFolder, action, wanted)
    if (wanted === undefined) await shell.removeFile(path)
    else await shell.writeFile(path, wanted, await modeOf(shell, path))
  }
  return {
    // before it counts as begun: what does not pass then leaves nothing to take back
    capture,
    // nobody else of us changes what nginx reads from here until it is performed, so it is tried once
    begin: async () => ({ ...nothingDrafted, before: await capture(), perform: async () => perform(true) }),
    perform: async () => perform(false),
    check: async () => {
      const text = await read()
      return changed(action, text) === text ? 'done' : 'not'
    },
    revert: async (before) => {
      // of a worker that was killed while nginx looked at it
      await shell.removeFile(stagedMain(action))
      if (change.what === 'entry') await revertEntry(shell, path, change, before)
      else if (change.what === 'file') await restoreFile(shell, path, before, change.content ?? undefined)
      else await revertBlock(shell, action, before)
    },
  }
}

const nothingDrafted = { settled: async () => undefined, callOff: async () => undefined }

const entryBeforeSchema = z.strictObject({
  value: z.string().nullable(),
  line: z.strictObject({ raw: z.string(), behind: z.string() }).optional(),
})

const mainBeforeSchema = z.strictObject({ text: z.string(), mode: z.int() })

async function revertBlock(shell: Shell, { configuration, folder }: NginxConfig, before: string | null): Promise<void> {
  const old = parseBefore(mainBeforeSchema, before)
  const now = await readExactly(shell, configuration)
  if (old === undefined || now === old.text) return
  if (now !== withBlock(old.text, folder)) throw changedSince(configuration)
  await shell.writeFile(configuration, old.text, old.mode)
}

/** A value with what ends a line of nginx. */
function ended(value: string | null): string | null {
  return value === null ? null : `${value};`
}

function changed({ folder, change }: NginxConfig, text: string | undefined): string | undefined {
  switch (change.what) {
    case 'file':
      return change.content ?? undefined
    case 'entry':
      return withEntry(text ?? '', change.key, ended(change.value))
    case 'block':
      return withBlock(text ?? '', folder)
  }
}

async function revertEntry(
  shell: Shell,
  path: string,
  { key, value }: Extract<NginxConfig['change'], { what: 'entry' }>,
  before: string | null,
): Promise<void> {
  const old = parseBefore(entryBeforeSchema, before)
  const text = (await readExactly(shell, path)) ?? ''
  const now = valueIn(text, key) ?? null
  if (old === undefined || now === old.value) return
  if (now !== ended(value)) throw changedSince(`The line of ${key} in ${path}`)
  const restored = now === null && old.line !== undefined ? withLineBack(text, old.line) : withEntry(text, key, old.value)
  await shell.writeFile(path, restored, await modeOf(shell, path))
}

/**
 * nginx looks for what it includes beside its main file, so the copy of that one stands there too, by a name that nothing includes. Only
 * what changes is copied, and what names it: the rest is read where it is.
 */
async function checkAll(shell: Shell, stagingFolder: string, action: NginxConfig, wanted: string | undefined): Promise<void> {
  const { configuration, folder } = action
  const staged = `${stagingFolder}/nginx-${randomBytes(6).toString('hex')}`
  const main = stagedMain(action)
  await shell.makeFolder(stagingFolder, 0o700)
  await shell.makeFolder(staged, 0o700)
  try {
    const { mainText, copies } = await stagedTexts(shell, action, wanted, staged)
    for (const [name, text] of copies) await shell.writeFile(`${staged}/${name}`, text, 0o600)
    await shell.writeFile(main, mainText, 0o600)
    const result = await shell.run({ argv: ['nginx', '-t', '-q', '-c', main], timeoutSeconds: 60 })
    if (result.exitCode === 0 && !result.timedOut) return await mustReachTheirs(shell, main, action, staged)
    const words = lastWords(result).replaceAll(staged, folder).replaceAll(main, configuration)
    throw new JailopsError('config_invalid', `nginx's own check ${howItEnded(result)} on the new configuration: ${words}`)
  } finally {
    await shell.removeFile(main)
    for (const name of await shell.list(staged)) await shell.removeFile(`${staged}/${name}`)
    await shell.removeFolder(staged)
  }
}

/** Where ours begins to listen, and theirs did at every address. What is not all printed is not known. */
async function mustReachTheirs(shell: Shell, main: string, { folder, change }: NginxConfig, staged: string): Promise<void> {
  if (change.what !== 'block' && !(change.what === 'file' && change.name === tlsFile && change.content !== null)) return
  const { stdout } = await shell.run({ argv: ['nginx', '-T', '-q', '-c', main], timeoutSeconds: 60 })
  const [first] = unreachedServers(stdout, (file) => [folder, staged].some((ours) => file.startsWith(`${ours}/`)))
  if (first === undefined) return
  const whose = first.names.length === 0 ? 'a server without a name' : first.names.join(' ')
  throw new JailopsError(
    'config_invalid',
    `A site of your own in nginx's configuration listens at every address (port ${first.port}, ${whose}). jailops will listen at ${first.ours}, and nginx then asks nobody else for what comes there. Write \`listen ${first.ours}\` there instead, and ask again.`,
  )
}

async function stagedTexts(
  shell: Shell,
  action: NginxConfig,
  wanted: string | undefined,
  staged: string,
): Promise<{ mainText: string; copies: Map<string, string> }> {
  const { configuration, folder, change } = action
  const names = new Set(await shell.list(folder))
  const copies = new Map<string, string>()
  const changedName = change.what === 'block' ? '' : nginxTarget(action).slice(folder.length + 1)
  names.delete(changedName)
  if (change.what !== 'block' && wanted !== undefined) copies.set(changedName, wanted)
  const place = (name: string) => `include ${copies.has(name) ? staged : folder}/${name};`
  const all = (pattern: RegExp) => [...new Set([...names, ...copies.keys()])].filter((name) => pattern.test(name)).toSorted()
  const here = (text: string) =>
    text
      .replaceAll(`include ${folder}/limit_*.inc;`, () =>
        all(/^limit_.*\.inc$/)
          .map(place)
          .join(' '),
      )
      .replaceAll(/include ([^ ;]+)\/([a-z-]+\.(?:map|inc));/g, (whole, where: string, name: string) =>
        where === folder ? place(name) : whole,
      )
  // whoever includes a copy is a copy: the front always, and each server by https where what all servers include is another one
  const isForAll = changedName === frontServerFile || /^limit_.*\.inc$/.test(changedName)
  const including = [frontServerFile, frontFile, ...(isForAll ? all(/^[0-9]+-tls/) : [])]
  for (const name of including) {
    const text = copies.get(name) ?? (await shell.readFile(`${folder}/${name}`))
    if (text !== undefined) copies.set(name, here(text))
  }
  const mainText = change.what === 'block' ? (wanted ?? '') : ((await shell.readFile(configuration)) ?? '')
  return {
    mainText: mainText.replace(`include ${folder}/*.conf;`, () =>
      all(/\.conf$/)
        .map(place)
        .join(' '),
    ),
    copies,
  }
}

/** Where the main file is tried before the swap. */
export function stagedMain({ configuration }: NginxConfig): string {
  return `${configuration}.jailops-check`
}
