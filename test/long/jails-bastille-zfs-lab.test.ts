import { bastilleJails } from '../host/bastille-jails.ts'

bastilleJails(true)
