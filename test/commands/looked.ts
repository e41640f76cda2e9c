import type { LookAnswer } from '../../src/core/host.ts'

/** What the host says when it is asked. */
export function said(stdout: string, exitCode = 0, stderr = ''): LookAnswer {
  return { exitCode, stdout, stderr }
}

/** A jail with redis that needs something, and nothing left over. */
export const packagesLooked = {
  packages: said(
    'pkg 2.4.2 ports-mgmt/pkg 0 0\nlibuv 1.51.0 devel/libuv 1 0\nnode24 24.9.0 www/node24 0 0\nredis 8.2.1 databases/redis 0 1\n',
  ),
  needs: said('node24 libuv\n'),
  leftovers: said('Checking integrity... done (0 conflicting)\nNothing to do.\n'),
}

export const running = said('nginx is running as pid 12.\n')
export const stopped = said('nginx is not running.\n', 1)
