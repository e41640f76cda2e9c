// The bot sends something at least every 10 seconds: a connection that is silent for longer is dead, whatever the browser thinks.
const silentMs = 25_000
const reconnectMs = 700

/** Follows the channel as one person. Every connection begins with a snapshot, so what is shown after a break is true. */
export function openStream(person, { onSnapshot, onMessage, onConnection }) {
  let source
  let watchdog
  let isClosed = false

  function connect() {
    if (isClosed) return
    source = new EventSource(`/api/events?${new URLSearchParams({ person })}`)
    source.addEventListener('snapshot', (event) => {
      onConnection(true)
      heard()
      onSnapshot(JSON.parse(event.data).messages)
    })
    source.addEventListener('message', (event) => {
      heard()
      onMessage(JSON.parse(event.data))
    })
    source.addEventListener('ping', heard)
    source.addEventListener('error', reconnect)
    heard()
  }

  function heard() {
    clearTimeout(watchdog)
    watchdog = setTimeout(reconnect, silentMs)
  }

  function reconnect() {
    if (isClosed) return
    onConnection(false)
    source.close()
    clearTimeout(watchdog)
    watchdog = setTimeout(connect, reconnectMs)
  }

  connect()
  return {
    close() {
      isClosed = true
      clearTimeout(watchdog)
      source.close()
    },
  }
}
