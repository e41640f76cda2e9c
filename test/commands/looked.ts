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
  installation: said(
    'All repositories are up to date.\nThe following 3 package(s) will be affected (of 0 checked):\n\nNew packages to be INSTALLED:\n' +
      '\tgit-lite: 2.51.0 [FreeBSD-ports]\n\texpat: 2.7.3 [FreeBSD-ports]\n\tvim: 9.1 [FreeBSD-ports]\n\n' +
      'Installed packages to be UPGRADED:\n\tlibuv: 1.51.0 -> 1.52.0\n\nNumber of packages to be installed: 3\n',
    1,
  ),
}

export const running = said('nginx is running as pid 12.\n')
export const stopped = said('nginx is not running.\n', 1)
