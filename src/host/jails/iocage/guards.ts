import type { Jail } from '../../../core/jail.ts'
import type { Layout } from '../../../core/layout.ts'
import type { Step } from '../../../core/step.ts'
import { notSupported } from '../not-supported.ts'
import { configOf, folderOf, templatesFolder } from './paths.ts'

/** Named by a name that nobody has, iocage would go on with another jail whose name begins so. */
export function isThere(layout: Pick<Layout, 'iocage'>, name: string): Step {
  const path = configOf(layout, name)
  return {
    title: `Check that iocage has a jail named exactly ${name}`,
    action: {
      kind: 'require',
      otherwise: `There is no ${path} (any more), and iocage would take another jail for ${name}. Nothing was done.`,
    },
    done: { kind: 'path', path, exists: true },
  }
}

/** What takes a failed create back would take away whatever has the jail's name. */
export function isFree(layout: Pick<Layout, 'iocage'>, name: string): Step[] {
  return [folderOf(layout, name), `${templatesFolder(layout)}/${name}`].map((path) => ({
    title: `Check that there is no ${path}`,
    action: { kind: 'require', otherwise: `${path} is there already. Look at it and rename or destroy it, or choose another name.` },
    done: { kind: 'path', path, exists: false },
  }))
}

export function isStopped({ name, kernelName }: Pick<Jail, 'name' | 'kernelName'>, otherwise: string): Step {
  return {
    title: `Check that ${name} is stopped`,
    action: { kind: 'require', otherwise },
    done: { kind: 'jail', name: kernelName, running: false },
  }
}

/** @throws not_supported_by_driver: a template is what jails are made from */
export function mustBeJail({ name, properties }: Pick<Jail, 'name' | 'properties'>): void {
  if (properties['type'] !== 'template') return
  notSupported('iocage', `that for ${name}, which is a template`, `Make it a jail again first: iocage set template=no ${name}`)
}
