import { JailopsError } from '../../../core/errors.ts'
import { pathLevels } from './configuration.ts'

/* What nginx in front cannot do, with what to use instead. */

export function refuseDeepPath(path = ''): void {
  if (path.split('/').length - 1 <= pathLevels) return
  throw new JailopsError(
    'not_supported_by_driver',
    `nginx in front tells sites apart by the first ${pathLevels} folders of a path, and ${path} has more. Choose a shorter path, or a host name of its own.`,
  )
}
