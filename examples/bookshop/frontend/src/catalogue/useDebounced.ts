import { useCallback, useEffect, useRef } from "react";

/** `later(action)` runs the last action given, once none has followed for `delay_ms`; `cancel` forgets it. */
export function useDebounced(delay_ms: number) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const cancel = useCallback(() => {
    clearTimeout(timer.current);
  }, []);

  const later = useCallback(
    (action: () => void) => {
      cancel();
      timer.current = setTimeout(action, delay_ms);
    },
    [cancel, delay_ms],
  );

  useEffect(() => cancel, [cancel]);
  return { later, cancel };
}
