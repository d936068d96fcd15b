# On Windows: installs silently into a folder with a Chinese name, runs the program's self-test from there and from the
# portable zip, removes it, and looks that nothing but the data is left. Ends with an error at the first surprise.
param([Parameter(Mandatory)] [string] $Packages)
$ErrorActionPreference = 'Stop'
$uninstallKey = 'HKCU:\Software\Microsoft\Windows\CurrentVersion\Uninstall\ChatBELLE'
$work = Join-Path $env:TEMP 'ChatBELLE 试装'
$folder = Join-Path $work '程序'
New-Item -ItemType Directory -Force $work | Out-Null

function Expect([bool] $is, [string] $what) {
    if (-not $is) { throw "Not as it should be: $what" }
    Write-Output "ok: $what"
}

function Get-UserPath {
    (Get-Item 'HKCU:\Environment').GetValue('Path', '', 'DoNotExpandEnvironmentNames')
}

function Run([string] $program, [string] $arguments, [string] $what) {
    $done = Start-Process -FilePath $program -ArgumentList $arguments -Wait -PassThru -NoNewWindow
    Expect ($done.ExitCode -eq 0) "$what (exit code $($done.ExitCode))"
}

$setup = (Get-ChildItem $Packages -Filter '*-setup.exe').FullName
$zip = (Get-ChildItem $Packages -Filter '*-portable.zip').FullName
$before = Get-UserPath

Run $setup "/S /D=$folder" 'the silent installation'
Expect (Test-Path "$folder\ChatBELLE.exe") 'the program is there'
Expect ((Get-ItemProperty $uninstallKey).InstallLocation -eq $folder) 'it is listed under installed apps'
Expect (Test-Path (Join-Path ([Environment]::GetFolderPath('Programs')) 'ChatBELLE.lnk')) 'it is in the start menu'
Expect ((Get-UserPath).Split(';') -contains $folder) 'its folder is on the PATH'
Run "$folder\chatbelle.com" 'self-test' 'the self-test of what was installed'

$env:PATH = "$folder;$env:PATH"
$version = cmd /c 'chatbelle --version'
Expect ("$version" -like 'ChatBELLE *') 'the command chatbelle speaks in a terminal'

Run $setup "/S /D=$folder" 'installing over it'
Expect (((Get-UserPath).Split(';') -eq $folder).Count -eq 1) 'its folder is on the PATH once'

$data = Join-Path $env:LOCALAPPDATA 'ChatBELLE'
New-Item -ItemType Directory -Force $data | Out-Null
Set-Content (Join-Path $data 'kept.txt') 'mine'
Start-Process "$folder\uninstall.exe" '/S' -Wait
for ($i = 0; $i -lt 60 -and (Test-Path $folder); $i++) { Start-Sleep 1 } # it goes on from a copy of itself
Expect (-not (Test-Path $folder)) 'the folder is gone'
Expect (-not (Test-Path $uninstallKey)) 'it is no longer listed'
Expect ((Get-UserPath) -eq $before) 'PATH is as it was'
Expect (Test-Path (Join-Path $data 'kept.txt')) 'the data stayed'

Expand-Archive $zip $work
$portable = Join-Path $work 'ChatBELLE'
Expect (Test-Path "$portable\data") 'the portable program has its data folder'
Run "$portable\chatbelle.com" 'self-test' 'the self-test of the portable program'
Remove-Item -Recurse -Force $work
