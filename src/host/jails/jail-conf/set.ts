import type { Facts } from '../../../core/host.ts'
import type { Jail } from '../../../core/jail.ts'
import type { RunAction, Step } from '../../../core/step.ts'
import type { JailFile } from './jail-file.ts'
import { jailFileOf } from './read-file.ts'
import { settingOf, settingValue, settingWord } from './settings.ts'
import { writeConfiguration } from './write.ts'

/** In the file, and in the kernel where the jail runs and the kernel lets it be changed. */
export function setProperty(facts: Facts, jail: Jail, property: string, value: string | undefined): { steps: Step[]; restart: boolean } {
  const file = jailFileOf(jail)
  const wanted = value === undefined ? undefined : settingValue(property, value)
  const before = standing(file, property)
  const after = wanted ?? byDefault(file, property)
  const { live } = settingOf(property)
  const canBeLive = live && before !== undefined && after !== undefined
  const runs = jail.state === 'running'
  return {
    steps: [
      writeConfiguration(facts, withSetting(file, property, wanted), titleOf(jail, property, wanted)),
      ...(runs && canBeLive && before !== after ? [setLive(jail, property, before, after)] : []),
    ],
    restart: runs && !canBeLive,
  }
}

function titleOf({ name }: Jail, property: string, value: string | undefined): string {
  return value === undefined
    ? `Take ${property} out of the configuration of ${name}`
    : `Write ${property}=${value} into the configuration of ${name}`
}

function standing(file: JailFile, property: string): string | undefined {
  return property === 'host.hostname' ? file.hostname : (file.settings[property] ?? byDefault(file, property))
}

function byDefault({ name }: JailFile, property: string): string | undefined {
  return property === 'host.hostname' ? name : settingOf(property).byDefault
}

function withSetting(file: JailFile, property: string, value: string | undefined): JailFile {
  if (property === 'host.hostname') return { ...file, hostname: value ?? file.name }
  const { [property]: _before, ...others } = file.settings
  return { ...file, settings: value === undefined ? others : { ...others, [property]: value } }
}

export function setLive({ name, kernelName }: Jail, property: string, before: string, after: string): Step {
  return {
    title: `Set it in the running ${name} too`,
    action: modify(kernelName, settingWord(property, after)),
    done: { kind: 'command', argv: ['jls', '-j', kernelName, property], stdout: after },
    undo: [{ action: modify(kernelName, settingWord(property, before)) }],
  }
}

export function modify(kernelName: string, word: string): RunAction {
  return { kind: 'run', argv: ['jail', '-m', `name=${kernelName}`, word], timeoutSeconds: 30 }
}
