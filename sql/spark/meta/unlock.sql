-- Gives the lock back. Zero says that all is well; what else is over says that somebody has to look.
UPDATE {{lock}} SET until = {{until}} WHERE holder = {{holder}}
