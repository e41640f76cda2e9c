import type { Action } from '../../src/core/step.ts'
import type { Plan } from '../../src/core/plan.ts'

/** The same work as a person would put it into a shell script: the same argv in the same order, and nothing that looks whether it worked. */
export function scriptOf(plan: Plan): string {
  return ['set -e', ...plan.steps.flatMap(({ action }) => linesOf(action))].join('\n')
}

function linesOf(action: Action): string[] {
  switch (action.kind) {
    case 'run': {
      // for a host where something stands already: this one is fresh
      if (action.unlessDone === true) return []
      const line = `${action.argv.map(quoted).join(' ')} >/dev/null`
      return [action.stdin === undefined ? `${line} </dev/null` : `printf %s ${quoted(action.stdin)} | ${line}`]
    }
    case 'write': {
      const check = (action.check ?? []).map((word) => quoted(word === '{staged}' ? `${action.path}.new` : word)).join(' ')
      const staged = quoted(`${action.path}.new`)
      return [
        `(umask ${(0o666 & ~action.mode).toString(8)}; printf %s ${quoted(action.content)} >${staged})`,
        ...(check === '' ? [] : [`${check} >/dev/null`]),
        `mv ${staged} ${quoted(action.path)}`,
      ]
    }
    case 'folder':
      return [`[ -d ${quoted(action.path)} ] || mkdir -m ${action.mode.toString(8)} ${quoted(action.path)}`]
    case 'move':
      return [`mv ${quoted(action.from)} ${quoted(action.to)}`]
    case 'boot-word':
      return [`sysrc jail_list+=${quoted(action.name)} >/dev/null`]
    case 'map-entry':
      return [`echo ${quoted(`${action.key} ${action.value ?? ''}`)} >>${quoted(action.path)}`]
    // a person would type the change into an editor: that takes the script no time at all
    case 'edit':
      return [`: >>${quoted(action.path)}`]
    case 'line':
      return [`echo ${quoted(action.line)} >>${quoted(action.path)}`]
    case 'require':
    case 'await':
      return []
    default:
      throw new Error(`a script has no line for ${action.kind}`)
  }
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`
}
