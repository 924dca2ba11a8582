import { AsyncLocalStorage } from "node:async_hooks";
import type { Store } from "../store.ts";

const views = new AsyncLocalStorage<{ store: object; state: object }>();

/** A store that can show some requests another state than its own; `isOn` says whether it may have to. */
export function viewable<State extends object>(store: Store<State>, isOn: () => boolean): Store<State> {
  const shown: Store<State> = {
    get state() {
      const view = isOn() ? views.getStore() : undefined;
      return view?.store === shown ? (view.state as State) : store.state;
    },
    save: () => store.save(),
    saved: () => store.saved(),
  };
  return shown;
}

/** Whatever `run` begins sees `state` in this store. */
export function withView(store: object, state: object, run: () => void): void {
  views.run({ store, state }, run);
}
