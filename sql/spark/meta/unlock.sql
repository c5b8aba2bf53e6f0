-- Gives the lock back.
UPDATE {{lock}} SET until = 0 WHERE holder = {{holder}}
