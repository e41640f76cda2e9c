import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { leftOut } from './left-out.ts'
import { scenes, type Scene } from './scenes.ts'
import { readTranscript, type Entry } from './transcript.ts'
import { temporaryLab, type TemporaryLab } from './temporary-lab.ts'

const transcripts = [...new Set([...scenes.map((scene) => scene.transcript), ...leftOut.map((rule) => rule.transcript)])]

function isLeftOut(transcript: string, entry: Entry): boolean {
  return leftOut.some((rule) => rule.transcript === transcript && rule.command.test(entry.command))
}

/** The real programs of this machine know nothing of HOST: their files and redirections are named in full. */
function onThisMachine(command: string, host: string): string {
  const folder = String.raw`(?!${host})(/(?:etc|tmp|jails|usr/jails|var|root)/)`
  return command
    .replace(/^time -p /, '')
    .replaceAll(new RegExp(String.raw`([<>]\s*)${folder}`, 'g'), `$1${host}$2`)
    .replaceAll(/(^|; |\| |&& )(cat|tail|head|grep|ls|sh -n)( [^;|&]*)/g, (_all, before: string, program: string, rest: string) => {
      return `${before}${program}${rest.replaceAll(new RegExp(` ${folder}`, 'g'), ` ${host}$1`)}`
    })
}

/** Times, dates and process numbers are never the same twice. */
function steady(text: string): string {
  return text
    .replaceAll(/^\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d UTC \d{4}$/gm, 'DATE')
    .replaceAll(/^(real|user|sys) \d+\.\d+\n/gm, '')
    .replaceAll(/as pid \d+/g, 'as pid N')
}

function compared(entry: Entry, text: string): string {
  const isParallel = / & /.test(entry.command)
  return isParallel ? steady(text).split('\n').toSorted().join('\n') : steady(text)
}

describe.each(scenes)('$transcript', (scene: Scene) => {
  let lab: TemporaryLab
  beforeAll(async () => {
    lab = await temporaryLab({}, scene.before)
    await scene.after(lab)
  })
  afterAll(() => lab.remove())

  readTranscript(scene.transcript).forEach((entry, place) => {
    if (isLeftOut(scene.transcript, entry)) return
    it(`${place}: ${entry.command.split('\n')[0]}`, async () => {
      await scene.at?.[place]?.(lab)
      const ran = await lab.sh(onThisMachine(entry.command, lab.hostFolder))
      expect(compared(entry, ran.text.replaceAll(lab.hostFolder, ''))).toBe(compared(entry, entry.output))
      expect(ran.code).toBe(entry.code)
    })
  })
})

describe('what is left out', () => {
  it.each(leftOut)('$transcript $command strikes', (rule) => {
    expect(readTranscript(rule.transcript).some((entry) => rule.command.test(entry.command))).toBe(true)
  })

  it('is less than half of the transcripts without ipfw, and every transcript is accounted for', () => {
    const entries = transcripts
      .filter((name) => name !== '02-ipfw-nat')
      .flatMap((name) => readTranscript(name).map((entry) => ({ name, entry })))
    const replayed = entries.filter(({ name, entry }) => !isLeftOut(name, entry))
    expect(replayed.length / entries.length).toBeGreaterThan(0.5)
    const counts = Object.fromEntries(transcripts.map((name) => [name.slice(0, 2), replayed.filter((each) => each.name === name).length]))
    expect(counts).toEqual({ '01': 73, '02': 0, '03': 71, '04': 47, '05': 68, '06': 43, '07': 69 })
  })
})
