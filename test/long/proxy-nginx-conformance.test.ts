import { proxyConformance } from '../host/proxy-conformance.ts'

proxyConformance('nginx')
